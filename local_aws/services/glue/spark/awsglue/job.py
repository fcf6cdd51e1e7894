"""A script's job: `init` at its begin, `commit` at its end; without bookmarks both do nothing."""

from awsglue.context import GlueContext


class Job:
    """The job of a script; bookmarks are refused when the job is created."""

    def __init__(self, glue_context: GlueContext):
        self.name = ""

    def init(self, job_name: str, args: "dict | None" = None) -> None:
        """Begin the job."""
        self.name = job_name

    def commit(self) -> None:
        """End the job."""
