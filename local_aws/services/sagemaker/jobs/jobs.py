"""Creates, describes, lists, stops and deletes the jobs of one kind; knows no kind."""

from local_aws.images.registry import find
from local_aws.parts import Parts
from local_aws.services.sagemaker.jobs.admission import Admission
from local_aws.services.sagemaker.jobs.attempt import Attempt
from local_aws.services.sagemaker.jobs.job_kind import JobKind
from local_aws.services.sagemaker.jobs.records import Records
from local_aws.services.sagemaker.jobs.runner import MakeAttempt, MakeRun, Runner
from local_aws.state.collection import public


class Jobs:
    """The operations on jobs of one kind, from request to answer."""

    def __init__(
        self, parts: Parts, kind: JobKind, make_run: MakeRun, attempt: MakeAttempt = Attempt
    ):
        self._context, self._kind, self._name = parts.context, kind, kind.names.name
        self._admission = parts.engine(Admission)
        self.records = Records(parts, kind)
        self.runner = Runner(parts, self.records, make_run, attempt)

    def create(self, request: dict) -> dict:
        """Accept a job, start its thread and return its ARN.

        Raises:
            AwsError: the request, the image, a quota or the name does not allow the job.
        """
        job, records = self._kind.check(request), self.records
        find(self._context, self._kind.image_uri(job))
        self._admission.admit(
            lambda: self._kind.demands(job, records.documents), lambda: records.add(job)
        )
        self.runner.begin(job[self._name])
        return {self._kind.names.arn: records.arn(job[self._name])}

    def describe(self, request: dict) -> dict:
        """Return the answer of a Describe operation."""
        return public(self.records.get(request[self._name]))

    def list(self, request: dict) -> dict:
        """Return one page of summaries; by default the newest come first."""
        return self.records.summaries(request)

    def stop(self, request: dict) -> dict:
        """Stop a running job."""
        name = request[self._name]
        self.records.stop(name)
        self.runner.stop(name)
        return {}

    def delete(self, request: dict) -> dict:
        """Delete a job that has ended."""
        self.records.delete(request[self._name])
        return {}
