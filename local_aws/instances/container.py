"""A folder as the disk of one instance, with its own /opt/ml; knows no kind of job.

Code and configuration are written for /opt/ml: in staged copies, arguments and variables the path
is replaced by that of the private folder, and in the job's output the private path by /opt/ml. Left
out: users, limits on memory and disk, and network isolation: programs can't resolve outside names,
but could connect to an IP address.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from local_aws.context import Context
from local_aws.errors import AwsError
from local_aws.images.image import Image
from local_aws.instances import library_paths
from local_aws.state import paths
from local_aws.state.objects.store import ObjectInfo, ObjectStore

ML = "/opt/ml"
IMAGE = "image"
"""The link in an instance's venv to the view of its image: see `local_aws.images.view`."""
SITE = sysconfig.get_paths()["purelib"]
STDLIB = sysconfig.get_paths()["stdlib"]
HOME = str(Path(find_spec("local_aws").origin).resolve().parents[1])
"""The folder of the supervisors and workers that run a job's processes."""
PATH = "/usr/local/bin:/usr/bin:/bin"
CODE_ENDINGS = {".py", ".sh"}
NO_NAMES = {"RES_OPTIONS": "attempts:0"}
"""Makes glibc ask no name server (resolv.conf(5)); names in /etc/hosts are still resolved."""
HIDDEN = "****"
"""What a job's output has for its secret key."""
SHORTEST_SECRET = 16
"""Characters: a job may have been given another key, of which words are full."""


class Container:
    """One instance's private disk.

    Args:
        root: an empty folder for the disk.
        host: `algo-1`, `algo-2`, …
    """

    def __init__(self, root: Path, host: str):
        self.root, self.host, self.ml = root, host, root / "opt" / "ml"
        self._variables: Mapping[str, str] = {}
        self._secret = ""
        self.workdir = self.ml
        for folder in ("input/config", "input/data", "model", "output/data", "code", "tmp"):
            (self.ml / folder).mkdir(parents=True, exist_ok=True)

    def fill(self, image: Image) -> None:
        """Lay out what an image has besides its packages, and take over its variables."""
        self._variables = image.variables
        if image.workdir.strip("/"):
            self.workdir = self._at_root(image.workdir)
        if image.files.is_dir():
            shutil.copytree(
                image.files, self.root, copy_function=self._copy, dirs_exist_ok=True
            )  # fmt: skip

    def _copy(self, source: str, target: str) -> None:
        shutil.copy(source, target)
        if Path(target).suffix in CODE_ENDINGS:
            self.rewrite(Path(target))

    def path(self, inside: str) -> Path:
        """Return the real path of a path below /opt/ml.

        Raises:
            AwsError: the path is not below /opt/ml.
        """
        path = Path(os.path.normpath(inside))
        if not path.is_relative_to(ML):
            raise AwsError("ValidationException", f"LocalPath {inside} must be below {ML}")
        return self.ml if str(path) == ML else paths.below(self.ml, str(path.relative_to(ML)))

    def inward(self, text: str) -> str:
        """Replace /opt/ml in a text by the private folder."""
        return text.replace(ML, str(self.ml))

    def outward(self, text: str) -> str:
        """Replace the paths of this machine in a text by those of an instance, and hide its secret.

        A job may print its environment, and many can read its log and its failure.
        """
        if len(self._secret) >= SHORTEST_SECRET:
            text = text.replace(self._secret, HIDDEN)
        text = text.replace(str(self.ml), ML).replace(str(self.root), "")
        text = text.replace(str(self.root.parent), "")
        for folder in (f"/venv/{IMAGE}/site-packages", SITE):
            text = text.replace(folder, "/usr/lib/python3/site-packages")
        return text.replace(STDLIB, "/usr/lib/python3").replace(HOME, "")

    def write_config(self, name: str, content: object) -> None:
        """Write a JSON file below /opt/ml, such as `input/config/resourceconfig.json`."""
        path = paths.below(self.ml, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.inward(json.dumps(content, indent=1)))

    def stage(self, objects: Sequence[tuple[ObjectInfo, str]], folder: Path) -> None:
        """Copy objects below `folder` under their relative names.

        Raises:
            AwsError: a name can't become a file; nothing was copied.
        """
        for info, target in placed(objects, folder):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(info.path, target)
            if target.suffix in CODE_ENDINGS:
                self.rewrite(target)

    def rewrite(self, path: Path) -> None:
        """Replace /opt/ml in a staged text file."""
        text = path.read_text(errors="surrogateescape")
        if ML in text:
            path.write_text(self.inward(text), errors="surrogateescape")

    def _image_path(self) -> str:
        """Return the part of PATH that leads to the image's own files, a colon after each."""
        places = filter(None, self._variables.get("PATH", "").split(":"))
        return "".join(f"{path}:" for path in map(self._at_root, places) if path.is_dir())

    def _at_root(self, path: str) -> Path:
        return paths.below(self.root, path.strip("/"))

    def environment(
        self, context: Context, venv: Path, variables: dict[str, str]
    ) -> dict[str, str]:
        """Return the clean environment of the instance's processes."""
        home = self.root / "root"
        home.mkdir(exist_ok=True)
        made = {
            **{name: self.inward(value) for name, value in self._variables.items()},
            **context.environment(),
            "PATH": f"{venv / 'bin'}:{venv / IMAGE / 'bin'}:{self._image_path()}{PATH}",
            "HOME": str(home),
            "TMPDIR": str(self.ml / "tmp"),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            # pip would look on the network for a newer version of itself.
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            # pip would read the requirements of all packages for seconds; 0 switches that off.
            "PIP_NO_WARN_CONFLICTS": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            # All instances share this machine's cores: waiting threads must release them. Two jobs
            # side by side with spinning threads took five times as long as one after the other.
            "OMP_WAIT_POLICY": "PASSIVE",
            # torch.distributed: all instances are on this machine.
            "GLOO_SOCKET_IFNAME": "lo" if sys.platform == "linux" else "lo0",
            "CURRENT_HOST": self.host,
            # No telemetry of a library leaves the machine; and torch would look up the name of
            # 127.0.0.1 at each connection.
            **NO_NAMES,
            **{name: self.inward(value) for name, value in variables.items()},
        }
        self._secret = made["AWS_SECRET_ACCESS_KEY"]
        return made


def make_venv(folder: Path, view: Path, python: Path | None = None) -> Path:
    """Make the Python of an instance: the packages of its image, no others.

    Packages that a job installs go into it and are deleted with it.

    Args:
        view: the view of the image.
        python: the program it runs by; the server's own by default.
    """
    command = [str(python or sys.executable), "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    site = next(folder.glob("lib/python*/site-packages"))
    # A link inside the instance's folder: programs print the link's path.
    (folder / IMAGE).symlink_to(view)
    (site / "image.pth").write_text(f"{folder / IMAGE / 'site-packages'}\n")
    shutil.copyfile(library_paths.__file__, site / "local_library_paths.py")
    (site / "local_library_paths.pth").write_text(
        "import local_library_paths; local_library_paths.install()\n"
    )
    return folder


def placed(
    objects: Sequence[tuple[ObjectInfo, str]], folder: Path
) -> list[tuple[ObjectInfo, Path]]:
    """Return objects with the paths of their files below `folder`.

    Raises:
        AwsError: an object can't have a file of its own; the message names it.
    """
    names = [(name, f"s3://{info.bucket}/{info.key}") for info, name in objects]
    targets = paths.all_below(folder, names)
    return [(info, target) for (info, _), target in zip(objects, targets, strict=True)]


def objects_below(store: ObjectStore, uri: str) -> list[tuple[ObjectInfo, str]]:
    """Return the objects of an S3 prefix with their names relative to it, sorted by key.

    Raises:
        AwsError: the URI is not valid, or no object lies there.
    """
    if not uri.startswith("s3://"):
        raise AwsError("ValidationException", f"{uri} is not an S3 URI")
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    objects = []
    for info in store.list(bucket, prefix):
        if info.key.endswith("/") and not info.size:
            continue  # a folder object, as the console makes them
        inside = info.key.removeprefix(prefix)
        if prefix and not prefix.endswith("/"):
            last = info.key[prefix.rfind("/") + 1 :]
            inside = inside[1:] if inside.startswith("/") else last
        objects.append((info, inside))
    if not objects:
        message = f'No S3 objects found under S3 URL "{uri}" given in input data source.'
        raise AwsError("ValidationException", message)
    return objects


def share_of(objects: list, host_index: int, hosts: int, distribution: str) -> list:
    """Return one instance's share of the objects: all, or every n-th with ShardedByS3Key."""
    return objects[host_index::hosts] if distribution == "ShardedByS3Key" else objects
