"""Compiles a Java file with Janino, which is among Spark's jars: Java by pip has no compiler.

python compile_java.py SOURCE FOLDER     run with Spark's variables (jobs/spark.py)
"""

import sys

from pyspark import SparkConf
from pyspark.java_gateway import launch_gateway


def main(source: str, folder: str) -> None:
    """Compile a source file into a folder."""
    gateway = launch_gateway(SparkConf(loadDefaults=False).set("spark.ui.enabled", "false"))
    java = gateway.jvm
    sources = gateway.new_array(java.java.io.File, 1)
    sources[0] = java.java.io.File(source)
    compiler = java.org.codehaus.janino.Compiler()
    compiler.setDestinationDirectory(java.java.io.File(folder), False)
    compiler.compile(sources)
    gateway.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
