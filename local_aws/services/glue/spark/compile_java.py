"""Compiles a Java file with Janino, which is among Spark's jars: Java by pip has no compiler.

python compile_java.py SOURCE FOLDER     run by spark-env.sh, with the variables of jobs/spark.py
"""

import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from pyspark import SparkConf
from pyspark.java_gateway import launch_gateway


def main(source: str, folder: Path) -> None:
    """Compile a source file into a folder, whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        compile_into(source, str(draft))
        with suppress(OSError):  # another run has compiled it meanwhile
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def compile_into(source: str, folder: str) -> None:
    """Compile a source file into a folder that is there."""
    gateway = launch_gateway(SparkConf(loadDefaults=False))
    java = gateway.jvm
    sources = gateway.new_array(java.java.io.File, 1)
    sources[0] = java.java.io.File(source)
    compiler = java.org.codehaus.janino.Compiler()
    compiler.setDestinationDirectory(java.java.io.File(folder), False)
    compiler.compile(sources)
    gateway.shutdown()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
