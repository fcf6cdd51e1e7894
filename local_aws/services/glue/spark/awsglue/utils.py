"""The arguments of a run: `getResolvedOptions(sys.argv, ["JOB_NAME", "source"])`.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-extensions-get-resolved-options.html
"""

ALWAYS = ("JOB_NAME", "JOB_ID", "JOB_RUN_ID", "TempDir", "job-bookmark-option")
"""Options that are in the result, when the run has them, whether or not the script names them."""


class GlueArgumentError(Exception):
    """An argument that the script needs is missing."""


def getResolvedOptions(args: list[str], options: list[str]) -> dict[str, str]:  # noqa: N802
    """Return the values of a run's arguments, by their names without the hyphens.

    Raises:
        GlueArgumentError: a named one is missing.
    """
    values, words = {}, iter(args[1:])
    for word in words:
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            values[name] = value if equals else next(words, "")
    if missing := [f"--{name}" for name in options if name not in values]:
        raise GlueArgumentError(f"the following arguments are required: {', '.join(missing)}")
    names = [*options, *(name for name in ALWAYS if name in values)]
    return {name.replace("-", "_"): values[name] for name in names}
