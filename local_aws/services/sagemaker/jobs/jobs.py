"""All jobs of one kind: created within the quotas, described, stopped, deleted; knows no kind."""

from local_aws.images.registry import find
from local_aws.parts import Parts
from local_aws.services.sagemaker.jobs.admission import Admission
from local_aws.services.sagemaker.jobs.job_kind import JobKind
from local_aws.services.sagemaker.jobs.records import Records
from local_aws.services.sagemaker.jobs.runner import MakeRun, Runner
from local_aws.state.collection import public


class Jobs:
    """What an engine does with the requests of one kind of jobs, from dict to dict."""

    def __init__(self, parts: Parts, kind: JobKind, make_run: MakeRun):
        self._context, self._kind, self._name = parts.context, kind, kind.names.name
        self._admission = parts.engine(Admission)
        self.records = Records(parts, kind)
        self.runner = Runner(parts, self.records, make_run)

    def create(self, request: dict) -> dict:
        """Accept a job, start it in a thread of its own and return its ARN.

        Raises:
            AwsError: it is refused, by its kind, for its image, by a quota or for its name.
        """
        job, records = self._kind.check(request), self.records
        find(self._context, self._kind.image_uri(job))
        self._admission.admit(
            lambda: self._kind.demands(job, records.documents), lambda: records.add(job)
        )
        self.runner.begin(job[self._name])
        return {self._kind.names.arn: records.arn(job[self._name])}

    def describe(self, request: dict) -> dict:
        """Return a job as its Describe operation does."""
        return public(self.records.get(request[self._name]))

    def list(self, request: dict) -> dict:
        """Return one page of summaries, newest first unless asked otherwise."""
        return self.records.summaries(request)

    def stop(self, request: dict) -> dict:
        """Ask a running job to end."""
        name = request[self._name]
        self.records.stop(name)
        self.runner.stop(name)
        return {}

    def delete(self, request: dict) -> dict:
        """Forget a job that has ended."""
        self.records.delete(request[self._name])
        return {}
