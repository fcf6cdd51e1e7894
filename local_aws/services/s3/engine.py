"""S3's engine, which has no method for its operations: `app.py` answers them over HTTP."""

from collections.abc import Callable

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.s3.app import S3App
from local_aws.services.s3.operations import OPERATIONS


class S3(Engine):
    """The object plane; `app` is the WSGI app that answers requests."""

    name, operations = "s3", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self.app = S3App(parts.store, parts.recorded)

    def method(self, operation: str) -> Callable[[dict], dict]:
        """Refuse the call: engines use the object store, not requests to S3.

        Raises:
            AwsError: always.
        """
        raise AwsError(
            "InternalFailure",
            f"S3's {operation} is answered over HTTP alone: use the object store.",
        )
