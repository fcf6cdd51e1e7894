"""Controls a zygote from the server: starts it, installs the launcher, sweeps, ends it; no job.

Linux only; on other systems a kept instance has the plain Python of its venv.
"""

import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ZYGOTE = Path(__file__).with_name("zygote.py")
LAUNCHER = Path(__file__).with_name("launcher.py")
LIBRARIES = (
    "numpy",
    "torch",
    "torch.distributed.run",
    "torch.utils.data",
    "torch._dynamo",
    "soundfile",
    "simplejpeg",
)
"""Modules that are imported once, if the image has them; torch's optimizers import dynamo."""
IMPORT_SECONDS = 120.0
SWEEP_SECONDS = 10.0
REAL = f"python{sys.version_info.major}.{sys.version_info.minor}"


class WarmPython:
    """A zygote for the processes of one cluster.

    Args:
        venv: the environment from `make_venv`; its python3 becomes the launcher.
        environment: variables of the cluster's processes, without those of a job.
    """

    def __init__(self, venv: Path, environment: dict[str, str]):
        self._venv = venv
        real = venv / "bin" / REAL
        real.unlink(missing_ok=True)
        real.symlink_to(sys.executable)
        self._process = subprocess.Popen(
            [real, str(ZYGOTE), str(venv / "zygote"), *LIBRARIES], cwd=venv, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True,
        )  # fmt: skip

    def ready(self) -> bool:
        """Wait until the libraries are imported, then install the launcher."""
        if self._answer(IMPORT_SECONDS) != b"ready\n":
            self.close()
            return False
        text = f"#!{sys._base_executable} -ISE\n{LAUNCHER.read_text()}"
        for name in ("python", "python3"):
            launcher = self._venv / "bin" / name
            launcher.unlink(missing_ok=True)
            launcher.write_text(text)
            launcher.chmod(0o755)
        return True

    def is_alive(self) -> bool:
        """Say whether the zygote runs."""
        return self._process.poll() is None

    def sweep(self) -> bool:
        """End all running programs; return False if the zygote has ended."""
        with suppress(OSError):
            self._process.stdin.write(b"SWEEP\n")
            return self._answer(SWEEP_SECONDS) == b"swept\n"
        return False

    def close(self) -> None:
        """End the zygote and all its programs."""
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(SWEEP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _answer(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._process.stdout], [], [], seconds)
        return self._process.stdout.readline() if ready else b""
