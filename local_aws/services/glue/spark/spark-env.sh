# Read by Spark's launcher: compiles S3Files.java at the first Spark of a state folder.
# The compiler is started by the same launcher, and then without a folder to fill.
if [ -n "$S3_FILES_CLASSES" ] && [ ! -d "$S3_FILES_CLASSES" ]; then
    _classes=$S3_FILES_CLASSES
    unset S3_FILES_CLASSES
    env -u SPARK_ENV_LOADED -u PYSPARK_SUBMIT_ARGS -u _PYSPARK_DRIVER_CONN_INFO_PATH \
        "$PYSPARK_PYTHON" "$S3_FILES_HOME/compile_java.py" \
        "$S3_FILES_HOME/S3Files.java" "$_classes" >&2 || exit 1
fi
