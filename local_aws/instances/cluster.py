"""The instances that a job runs on: a folder of disks and their image's Python; knows no job.

A cluster may import the image's libraries once, when it is launched: every program that its Python
then runs is forked from that process. What the next job finds on a kept one is only its cache.
"""

import shutil
import sys
from pathlib import Path

from local_aws.context import Context
from local_aws.instances.container import Container, make_venv
from local_aws.instances.warm_python import WarmPython
from local_aws.state import paths

CACHE = "opt/ml/sagemaker/warmpoolcache"
"""The one folder of a disk that a warm pool's next job sees.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
"""


class Cluster:
    """The instances of one job, or of several one after another.

    Args:
        folder: for this cluster alone; what lies there is deleted.
        hosts: names of the instances.
        view: of the image that they run.
    """

    def __init__(self, folder: Path, hosts: list[str], view: Path):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder, self.hosts = folder, hosts
        self.view, self.venv = view, make_venv(folder / "venv", view)
        self._python: WarmPython | None = None
        self._own = {path: set(path.iterdir()) for path in self._installed_into()}

    def warm_up(self, context: Context) -> None:
        """Import the image's libraries, for this job's programs and the next ones' (on Linux)."""
        if sys.platform != "linux":
            return
        environment = Container(paths.child(self.folder, self.hosts[0]), self.hosts[0]).environment(
            context, self.venv, {}
        )
        python = WarmPython(self.venv, environment)
        self._python = python if python.ready() else None

    def change_image(self, view: Path) -> bool:
        """Have it run another image; False where it is the one that it has run."""
        if view == self.view:
            return False
        if self._python:
            self._python.close()
        self.view, self._python = view, None
        shutil.rmtree(self.venv)
        make_venv(self.venv, view)
        self._own = {path: set(path.iterdir()) for path in self._installed_into()}
        return True

    def is_sound(self) -> bool:
        """Say whether it can run another job."""
        return self._python is None or self._python.is_alive()

    def sweep(self) -> bool:
        """End the programs that were forked and all that they started; False where that fails."""
        return self._python is None or self._python.sweep()

    def renew(self) -> bool:
        """Make it as good as new for the next job; False where it can't be kept."""
        if not self.sweep():
            return False
        for host in self.hosts:
            self._wipe(paths.child(self.folder, host))
        for folder, own in self._own.items():
            for path in set(folder.iterdir()) - own:
                _remove(path)
        return True

    def end(self) -> None:
        """Give everything back."""
        if self._python:
            self._python.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _installed_into(self) -> list[Path]:
        return [self.venv / "bin", *self.venv.glob("lib/python*/site-packages")]

    @staticmethod
    def _wipe(disk: Path) -> None:
        cache, aside = disk / CACHE, disk.with_name(f"{disk.name}-cache")
        if cache.exists():
            cache.rename(aside)
        shutil.rmtree(disk, ignore_errors=True)
        if aside.exists():
            cache.parent.mkdir(parents=True)
            aside.rename(cache)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
