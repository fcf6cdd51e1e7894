"""The definitions of Spark jobs: creates, reads, changes and deletes them; runs none.

Contract: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs-job.html
"""

from datetime import datetime

from local_aws.errors import AwsError
from local_aws.parts import Parts
from local_aws.role_trust import is_assumable
from local_aws.services.glue.jobs.arguments import check_arguments
from local_aws.services.glue.jobs.environments import check_version
from local_aws.services.glue.jobs.pages import page
from local_aws.state.collection import Collection, public

WORKERS = {
    **{"G.1X": 1, "G.2X": 2, "G.4X": 4, "G.8X": 8, "G.12X": 12, "G.16X": 16},
    **{"R.1X": 1, "R.2X": 2, "R.4X": 4, "R.8X": 8},
}
"""Worker types of Spark jobs, each with its DPUs; a DPU has 4 vCPUs.

https://docs.aws.amazon.com/glue/latest/dg/worker-types.html
"""
SERVICE = "glue.amazonaws.com"
FEWEST, MOST = 2, 299
"""Workers of a job: one is the driver's."""
TIMEOUT, LONGEST = 480, 10_080
"""Minutes: the default of GlueVersion 5.0 and later, and the most."""
GIVE_VERSION = (
    "Give GlueVersion '5.1' (Spark 3.5.6, Python 3.11) or '6.0' (Spark 4.1.1, Python 3.13): without"
    " one AWS takes the newest, which changes with the years."
)


def refusal(message: str) -> AwsError:
    """Return the error for a request that Glue does not accept."""
    return AwsError("InvalidInputException", message)


def role_arn(parts: Parts, role: str) -> str:
    """Return the ARN of a role that Glue can assume, named by its ARN or its name.

    Raises:
        AwsError: it can't.
    """
    try:
        known = parts.call("iam", "GetRole", {"RoleName": role.rpartition("/")[2]})["Role"]
        arn = known["Arn"] if role == known["RoleName"] else role
    except AwsError:
        arn = ""
    if not arn or not is_assumable(parts, arn, SERVICE):
        raise refusal(
            f"Role {role} should be given assume role permissions for Glue Service: it has to"
            f" exist, and its trust policy to allow {SERVICE}"
        )
    return arn


class Definitions:
    """The jobs by their names."""

    def __init__(self, parts: Parts):
        self._parts, self._clock = parts, parts.clock
        self._jobs = Collection(parts.documents, "GlueJob")
        self.tagged = {"job": self._jobs}
        """What has tags, by the kind in its ARN."""

    def create(self, request: dict) -> dict:
        """Keep a new job; the same job once more changes nothing.

        Raises:
            AwsError: the request is not valid, or another job has the name.
        """
        name, tags = request["Name"], request.get("Tags", {})
        job = self._made({**request, "_tags": tags}, self._clock.now())
        if not self._jobs.add(name, job):
            times = ("CreatedOn", "LastModifiedOn")
            if self._jobs.get(name) != {**job, **{t: self._jobs.get(name)[t] for t in times}}:
                message = f"Job with name {name} already submitted with different configuration"
                raise AwsError("IdempotentParameterMismatchException", message)
        return {"Name": name}

    def get(self, name: str, message: str = "") -> dict:
        """Return a job.

        Raises:
            AwsError: there is none of this name.
        """
        if (job := self._jobs.get(name)) is None:
            raise AwsError("EntityNotFoundException", message or f"Job {name} is not found.")
        return public(job)

    def listed(self, request: dict) -> dict:
        """Return one page of all jobs."""
        return page([public(job) for job in self._jobs], "Jobs", request)

    def tags(self, arn: str) -> dict:
        """Return the tags of what an ARN names.

        Raises:
            AwsError: there is none.
        """
        kind, _, name = arn.rpartition(":")[2].partition("/")
        if kind not in self.tagged or (document := self.tagged[kind].get(name)) is None:
            raise AwsError("EntityNotFoundException", f"Resource {arn} is not found.")
        return {"Tags": document.get("_tags", {})}

    def update(self, name: str, change: dict) -> dict:
        """Replace a job's definition; what the request leaves out gets its default."""
        created = self.get(name)["CreatedOn"]
        tags = self._jobs.get(name).get("_tags", {})
        self._jobs.put(name, {**self._made({"Name": name, **change}, created), "_tags": tags})
        return {"JobName": name}

    def delete(self, name: str) -> dict:
        """Delete a job; one that is not there is no error."""
        self._jobs.delete(name)
        return {"JobName": name}

    def _made(self, request: dict, created: datetime) -> dict:
        for member in ("Role", "Command"):
            if member not in request:
                raise refusal(f"{member} should be set")
        if not request["Command"].get("ScriptLocation", "").startswith("s3://"):
            raise refusal("Command.ScriptLocation should be the s3:// URI of a Python script")
        if request["Command"].get("Name") != "glueetl":
            raise refusal("Command.Name should be glueetl")
        if "GlueVersion" not in request:
            raise refusal(GIVE_VERSION)
        check_version(self._parts.context.state, request["GlueVersion"])
        if not {"WorkerType", "NumberOfWorkers"} <= request.keys():
            raise refusal("Give WorkerType and NumberOfWorkers, such as G.1X and 2")
        check_size(request)
        check_queuing(request)
        role_arn(self._parts, request["Role"])
        for member in ("DefaultArguments", "NonOverridableArguments"):
            check_arguments("CreateJob", member, request.get(member, {}))
        defaults = {"MaxRetries": 0, "Timeout": TIMEOUT, "ExecutionClass": "STANDARD"}
        defaults |= {"ExecutionProperty": {"MaxConcurrentRuns": 1}, "JobMode": "SCRIPT"}
        defaults |= {"JobRunQueuingEnabled": False}
        times = {"CreatedOn": created, "LastModifiedOn": self._clock.now()}
        kept = {member: value for member, value in request.items() if member != "Tags"}
        return {**defaults, **kept, **times, **capacity(request)}


def check_size(request: dict) -> None:
    """Check the numbers of a job or a run.

    Raises:
        AwsError: one is out of its range.
    """
    if not FEWEST <= request.get("NumberOfWorkers", FEWEST) <= MOST:
        raise refusal(f"NumberOfWorkers should be from {FEWEST} to {MOST}")
    if not 1 <= request.get("Timeout", 1) <= LONGEST:
        raise refusal(f"Timeout should be from 1 to {LONGEST} minutes")
    if not 0 <= request.get("MaxRetries", 0) <= 10:
        raise refusal("MaxRetries should be from 0 to 10")
    if request.get("ExecutionProperty", {}).get("MaxConcurrentRuns", 1) < 1:
        raise refusal("MaxConcurrentRuns should be at least 1")


def check_queuing(job: dict) -> None:
    """Check that a job whose runs are queued has no retries.

    https://docs.aws.amazon.com/cdk/api/v2/docs/@aws-cdk_aws-glue-alpha.PySparkEtlJobProps.html

    Raises:
        AwsError: it has.
    """
    if job.get("JobRunQueuingEnabled") and job.get("MaxRetries"):
        raise refusal("MaxRetries should be 0 where JobRunQueuingEnabled is true")


def capacity(job: dict) -> dict:
    """Return the DPUs of a job's workers, as jobs and runs show them."""
    units = WORKERS[job["WorkerType"]] * job["NumberOfWorkers"]
    return {"AllocatedCapacity": units, "MaxCapacity": float(units)}
