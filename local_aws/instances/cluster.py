"""The instances of a job: a folder of disks, and the Python of their image; knows no job.

A cluster may import the image's libraries once, at its launch: its Python then forks every program
from that process. The next job on a kept cluster finds the cache folder alone.
"""

import shutil
import sys
from pathlib import Path

from local_aws.context import Context
from local_aws.instances.container import Container, make_venv
from local_aws.instances.warm_python import WarmPython
from local_aws.state import paths

CACHE = "opt/ml/sagemaker/warmpoolcache"
"""The one folder of a disk that the next job of a warm pool sees.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
"""


class Cluster:
    """The instances of one job, or of several jobs one after another.

    Args:
        folder: for this cluster alone; its present content is deleted.
        hosts: names of the instances.
        view: the view of the instances' image.
    """

    def __init__(self, folder: Path, hosts: list[str], view: Path):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder, self.hosts = folder, hosts
        self.view, self.venv = view, make_venv(folder / "venv", view)
        self._python: WarmPython | None = None
        self._own = {path: set(path.iterdir()) for path in self._installed_into()}

    def warm_up(self, context: Context) -> None:
        """Import the image's libraries for the programs of this and the next jobs (on Linux)."""
        if sys.platform != "linux":
            return
        environment = Container(paths.child(self.folder, self.hosts[0]), self.hosts[0]).environment(
            context, self.venv, {}
        )
        python = WarmPython(self.venv, environment)
        self._python = python if python.ready() else None

    def change_image(self, view: Path) -> bool:
        """Change to another image; return False if it is the present one."""
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
        """Say whether the cluster can run another job."""
        return self._python is None or self._python.is_alive()

    def sweep(self) -> bool:
        """End all forked programs and their children; return False if that fails."""
        return self._python is None or self._python.sweep()

    def renew(self) -> bool:
        """Clean the cluster for the next job; return False if it can't be kept."""
        if not self.sweep():
            return False
        for host in self.hosts:
            self._wipe(paths.child(self.folder, host))
        for folder, own in self._own.items():
            for path in set(folder.iterdir()) - own:
                _remove(path)
        return True

    def end(self) -> None:
        """End the warm Python and delete the disks."""
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
