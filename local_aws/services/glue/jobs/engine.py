"""Executes Glue's operations on Spark jobs and their runs; the Data Catalog is catalog.py's.

Executed: `glueetl` jobs of GlueVersion 5.1, and of 6.0 once its environment is made; PySpark
scripts in S3, a queue of a job's runs; each end is told to EventBridge. Left out, and refused by
name: Python shell, streaming and Ray jobs, Scala, other Glue versions, metrics, the
Spark UI, packages that AWS installs by pip, Flex, notifications, triggers; and bookmarks, which
AWS's own readers keep (DynamicFrame): a script in plain PySpark has none to keep, and finds new
objects by listing. The connections of a job are kept and have no effect: there is no network to
join, and no reader that would ask a database.
"""

from local_aws.parts import Answer, Engine, Parts, Request
from local_aws.services.glue.jobs.definitions import WORKERS, Definitions
from local_aws.services.glue.jobs.runs import Runs

_JOB = f"""Role Description DefaultArguments NonOverridableArguments GlueVersion=5.1|6.0 MaxRetries
    Timeout NumberOfWorkers WorkerType={"|".join(WORKERS)} ExecutionClass=STANDARD JobMode=SCRIPT
    JobRunQueuingEnabled Command(Name=glueetl ScriptLocation PythonVersion=3)
    Connections(Connections) ExecutionProperty(MaxConcurrentRuns)"""
OPERATIONS = {
    "glue": {
        "BatchStopJobRun": "JobName JobRunIds",
        "CreateJob": f"Name Tags {_JOB}",
        "DeleteJob": "JobName",
        "GetJob": "JobName",
        "GetJobRun": "JobName RunId PredecessorsIncluded=false",
        "GetJobRuns": "JobName NextToken MaxResults",
        "GetJobs": "NextToken MaxResults",
        "GetTags": "ResourceArn",
        "StartJobRun": f"""JobName Arguments Timeout NumberOfWorkers ExecutionClass=STANDARD
            WorkerType={"|".join(WORKERS)} JobRunQueuingEnabled""",
        "UpdateJob": f"JobName JobUpdate({_JOB})",
    }
}


class SparkJobs(Engine):
    """Executes the operations on jobs and runs."""

    name, operations = "glue-jobs", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self.definitions, self.runs = Definitions(parts), Runs(parts)

    def create_job(self, request: Request) -> Answer:
        return self.definitions.create(request)

    def get_job(self, request: Request) -> Answer:
        return {"Job": self.definitions.get(request["JobName"])}

    def get_jobs(self, request: Request) -> Answer:
        return self.definitions.listed(request)

    def get_tags(self, request: Request) -> Answer:
        return self.definitions.tags(request["ResourceArn"])

    def update_job(self, request: Request) -> Answer:
        return self.definitions.update(request["JobName"], request["JobUpdate"])

    def delete_job(self, request: Request) -> Answer:
        """Delete a job and the runs that have ended; a job that is not there is no error."""
        self.runs.delete_ended(request["JobName"])
        return self.definitions.delete(request["JobName"])

    def start_job_run(self, request: Request) -> Answer:
        message = "Failed to start job run due to missing metadata"
        return self.runs.start(self.definitions.get(request["JobName"], message), request)

    def get_job_run(self, request: Request) -> Answer:
        return {"JobRun": self.runs.get(request["JobName"], request["RunId"])}

    def get_job_runs(self, request: Request) -> Answer:
        self.definitions.get(request["JobName"])
        return self.runs.listed(request)

    def batch_stop_job_run(self, request: Request) -> Answer:
        return self.runs.stop(request["JobName"], request["JobRunIds"])

    def recover(self) -> None:
        self.runs.recover()

    def shut_down(self) -> None:
        self.runs.shut_down()
