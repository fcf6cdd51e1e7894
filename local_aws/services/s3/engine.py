"""S3 among the engines; its operations speak a dialect of their own, in app.py."""

from collections.abc import Callable

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.s3.app import S3App
from local_aws.services.s3.operations import OPERATIONS


class S3(Engine):
    """The object plane; `app` is the WSGI app that answers its requests."""

    name, operations = "s3", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self.app = S3App(parts.store, parts.recorded)

    def method(self, operation: str) -> Callable[[dict], dict]:
        """Refuse: no engine reaches S3 by requests; objects lie in the store that all share.

        Raises:
            AwsError: always.
        """
        raise AwsError("InternalFailure", f"S3's {operation} is answered over HTTP alone.")
