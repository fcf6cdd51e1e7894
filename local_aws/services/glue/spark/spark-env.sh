# Read by Spark's launcher: compiles S3Files.java at the first Spark of a state folder.
# The compiler is started by the same launcher, without a folder to fill.
if [ -n "$S3_FILES_CLASSES" ] && [ ! -d "$S3_FILES_CLASSES" ]; then
    _classes=$S3_FILES_CLASSES
    unset S3_FILES_CLASSES
    mkdir -p "${_classes%/*}"
    _draft=$(mktemp -d "${_classes%/*}/draft-XXXXXX")
    env -u SPARK_ENV_LOADED -u PYSPARK_SUBMIT_ARGS -u _PYSPARK_DRIVER_CONN_INFO_PATH \
        -u PYSPARK_GATEWAY_SECRET "$PYSPARK_PYTHON" "$S3_FILES_HOME/compile_java.py" \
        "$S3_FILES_HOME/S3Files.java" "$_draft" >&2 || { rm -rf "$_draft"; exit 1; }
    # Another run may have compiled it meanwhile.
    mv -T "$_draft" "$_classes" 2>/dev/null || rm -rf "$_draft"
fi
