"""What a sender of operations is, and the client suites; knows no operation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sender:
    """A program, and the operations that it sends."""

    by: str
    """For a reader: the notebooks' numbers and the call, or the client suite."""
    source: str
    """The file with the calls, below the project or site-packages."""
    operations: tuple[str, ...]


SUITES = {
    "aws CLI": "tests/local_aws/test_aws_cli.py",
    "PyAthena": "tests/local_aws/services/athena/test_pyathena.py",
    "SageMaker SDK": "tests/local_aws/test_sagemaker_sdk.py",
    "AWS SDK for pandas": "tests/local_aws/test_awswrangler.py",
}
"""Client suites: how senders begin that belong to one, and its tests."""
