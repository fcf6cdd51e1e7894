"""A role's store does what its policies allow; without policies it is the store itself."""

import pytest

from local_aws.errors import AwsError
from local_aws.role_store import AT_ONCE, store_of
from tests.local_aws.services.sagemaker.hosting.queues import permit
from tests.local_aws.services.sagemaker.jobs.requests import ROLE
from tests.local_cloud import BUCKET

ALL = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@pytest.fixture
def store(aws, monkeypatch):
    assert store_of(aws.parts, ROLE) is aws.store
    monkeypatch.setattr(aws.parts, "policies", [ALL])
    aws.store.put(BUCKET, "in/a", b"wren")
    return store_of(aws.parts, ROLE)


def test_what_the_role_may_is_done(aws, store):
    permit(aws, "s3:*", resource=[f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/in/*"])
    store.put(BUCKET, "in/b", b"robin")
    assert [info.key for info in store.list(BUCKET, "in/")] == ["in/a", "in/b"]
    assert store.read(BUCKET, "in/b") == store.info(BUCKET, "in/b").path.read_bytes() == b"robin"


def test_all_else_is_denied(aws, store):
    permit(aws, "s3:GetObject", resource=f"arn:aws:s3:::{BUCKET}/other/*")
    for name, *more in (("read",), ("info",), ("put", b"x")):
        with pytest.raises(AwsError, match="is not authorized to perform: s3:"):
            getattr(store, name)(BUCKET, "in/a", *more)
    with pytest.raises(AwsError, match="s3:ListBucket"):
        next(store.list(BUCKET, "in/"))
    assert aws.store.read(BUCKET, "in/a") == b"wren"


def test_one_object_of_many_that_it_may_not_read_is_named(aws, store):
    for number in range(AT_ONCE + 1):
        aws.store.put(BUCKET, f"in/{number:04}", b"")
    places = [BUCKET, f"{BUCKET}/in/0*"]
    permit(aws, "s3:*", resource=[f"arn:aws:s3:::{place}" for place in places])
    assert len([*store.list(BUCKET, "in/0")]) == AT_ONCE + 1
    with pytest.raises(AwsError, match=f"s3:GetObject on resource: .*{BUCKET}/in/a$"):
        [*store.list(BUCKET, "in/")]
