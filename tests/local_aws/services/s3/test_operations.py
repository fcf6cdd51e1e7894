"""Headers, queries and documents of S3's requests: what no row states is refused by name."""

import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

A = {"Bucket": "birds", "Key": "a"}


@pytest.mark.parametrize(
    ("call", "arguments", "member"),
    [
        ("delete_object", {**A, "MFA": "0 1"}, "MFA"),
        ("list_objects_v2", {"Bucket": "birds", "RequestPayer": "requester"}, "RequestPayer"),
        (
            "delete_objects",
            {"Bucket": "birds", "Delete": {"Objects": [{"Key": "a", "ETag": "x"}]}},
            "Delete.Objects.ETag",
        ),
        (
            "create_bucket",
            {"Bucket": "b" * 9, "CreateBucketConfiguration": {"Bucket": {"Type": "Directory"}}},
            "CreateBucketConfiguration.Bucket",
        ),
    ],
)
def test_a_header_or_a_member_that_is_not_done_is_refused_by_name(s3, call, arguments, member):
    s3.put_object(**A, Body=b"x")
    with pytest.raises(ClientError, match=f"NotImplemented.* with {member}: leave that out"):
        getattr(s3, call)(**arguments)
    assert s3.get_object(**A)["Body"].read() == b"x"


def test_a_presigned_url_hides_no_header_that_is_not_done(cloud, s3):
    client = cloud.client(signature_version="s3")
    name = {**A, "Tagging": "a=1"}
    url = client.generate_presigned_url("put_object", Params=name)
    request = urllib.request.Request(url, data=b"song", method="PUT")
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert b"x-amz-tagging" in refusal.value.read()
    client.close()
