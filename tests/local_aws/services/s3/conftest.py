"""An object of a bucket, for tests that read it."""

import pytest


@pytest.fixture
def bird(s3):
    """Return the arguments that name an object of the bytes from 0 to 99."""
    s3.put_object(Bucket="birds", Key="a", Body=bytes(range(100)))
    return {"Bucket": "birds", "Key": "a"}
