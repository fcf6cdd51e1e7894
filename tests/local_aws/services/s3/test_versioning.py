"""Versions through boto3: statuses, ids in answers, delete markers, listings."""

import pytest
from botocore.exceptions import ClientError

KEY = {"Bucket": "birds", "Key": "a/b"}


@pytest.fixture
def versioned(s3):
    """Return a client of a bucket that keeps versions."""
    switch(s3, "Enabled")
    return s3


def switch(s3, status):
    s3.put_bucket_versioning(Bucket="birds", VersioningConfiguration={"Status": status})


def put(s3, *bodies, **more):
    return [s3.put_object(**{**KEY, **more}, Body=body)["VersionId"] for body in bodies]


def headers(error):
    return error.value.response["ResponseMetadata"]["HTTPHeaders"]


def test_a_bucket_has_no_status_until_it_gets_one(s3):
    assert "Status" not in s3.get_bucket_versioning(Bucket="birds")
    assert "VersionId" not in s3.put_object(**KEY, Body=b"x")
    for status in ("Enabled", "Suspended"):
        switch(s3, status)
        assert s3.get_bucket_versioning(Bucket="birds")["Status"] == status
    with pytest.raises(ClientError, match="MalformedXML"):
        switch(s3, "Off")
    more = {"Status": "Enabled", "MFADelete": "Enabled"}
    with pytest.raises(ClientError, match="NotImplemented.*MFADelete"):
        s3.put_bucket_versioning(Bucket="birds", VersioningConfiguration=more)


def test_each_version_is_read_by_its_id(versioned):
    ids = put(versioned, b"one", b"three")
    assert [len(each) for each in ids] == [32, 32]
    got = versioned.get_object(**KEY, VersionId=ids[0])
    assert (got["Body"].read(), got["VersionId"]) == (b"one", ids[0])
    assert versioned.head_object(**KEY)["VersionId"] == ids[1]
    assert versioned.head_object(**KEY, VersionId=ids[0])["ContentLength"] == 3


def test_a_deleted_key_tells_of_its_marker(versioned):
    [first] = put(versioned, b"one")
    deleted = versioned.delete_object(**KEY)
    assert deleted["DeleteMarker"] is True
    with pytest.raises(ClientError, match="NoSuchKey") as error:
        versioned.get_object(**KEY)
    assert headers(error)["x-amz-delete-marker"] == "true"
    assert headers(error)["x-amz-version-id"] == deleted["VersionId"]
    with pytest.raises(ClientError, match="MethodNotAllowed") as error:
        versioned.get_object(**KEY, VersionId=deleted["VersionId"])
    assert headers(error)["allow"] == "DELETE" and "last-modified" in headers(error)
    assert versioned.get_object(**KEY, VersionId=first)["Body"].read() == b"one"
    gone = versioned.delete_object(**KEY, VersionId=deleted["VersionId"])
    assert (gone["VersionId"], gone["DeleteMarker"]) == (deleted["VersionId"], True)
    assert versioned.get_object(**KEY)["VersionId"] == first


def test_an_older_version_is_copied_over_the_newest(versioned):
    first, _ = put(versioned, b"one", b"two")
    done = versioned.copy_object(**KEY, CopySource={**KEY, "VersionId": first})
    assert done["CopySourceVersionId"] == first != done["VersionId"]
    assert versioned.get_object(**KEY)["Body"].read() == b"one"
    marker = versioned.delete_object(**KEY)["VersionId"]
    with pytest.raises(ClientError, match="InvalidRequest.*delete marker"):
        versioned.copy_object(**KEY, CopySource={**KEY, "VersionId": marker})
    with pytest.raises(ClientError, match="NoSuchKey"):
        versioned.copy_object(**KEY, CopySource=KEY)


def test_many_versions_and_keys_are_deleted_at_once(versioned):
    first, second = put(versioned, b"one", b"two")
    put(versioned, b"x", Key="c")
    objects = [
        {"Key": "a/b", "VersionId": first},
        {"Key": "a/b", "VersionId": second},
        {"Key": "c"},
    ]
    done = versioned.delete_objects(Bucket="birds", Delete={"Objects": objects})["Deleted"]
    assert {each.get("VersionId") for each in done} == {first, second, None}
    [marked] = [each for each in done if each.get("DeleteMarker")]
    assert marked["Key"] == "c" and len(marked["DeleteMarkerVersionId"]) == 32
    listed = versioned.list_object_versions(Bucket="birds")
    assert [each["Key"] for each in listed["Versions"]] == ["c"]
    assert [each["IsLatest"] for each in listed["Versions"]] == [False]


def test_an_upload_in_parts_is_a_version(versioned):
    upload = versioned.create_multipart_upload(**KEY)["UploadId"]
    part = versioned.upload_part(**KEY, UploadId=upload, PartNumber=1, Body=b"x")
    parts = {"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
    whole = {**KEY, "UploadId": upload, "MultipartUpload": parts}
    done = versioned.complete_multipart_upload(**whole)
    assert versioned.head_object(**KEY)["VersionId"] == done["VersionId"]
    again = versioned.complete_multipart_upload(**whole, IfNoneMatch="*")
    assert (again["ETag"], again["VersionId"]) == (done["ETag"], done["VersionId"])


@pytest.mark.parametrize("most", [1, 2, 3, 1000])
def test_versions_are_listed_in_pages_from_the_newest_of_a_key(versioned, most):
    put(versioned, b"1", b"2", b"3")
    put(versioned, b"4", Key="a")
    versioned.delete_object(**KEY)
    seen = []
    pages = versioned.get_paginator("list_object_versions").paginate(
        Bucket="birds", Prefix="a", PaginationConfig={"PageSize": most}
    )
    for page in pages:
        entries = (*page.get("DeleteMarkers", []), *page.get("Versions", []))
        assert len(entries) <= most
        seen += [(each["Key"], each.get("Size"), each["IsLatest"]) for each in entries]
    # An answer has versions and markers in two lists.
    assert sorted(seen, key=lambda entry: (entry[0], not entry[2])) == [
        *[("a", 1, True), ("a/b", None, True)],
        *[("a/b", 1, False)] * 3,
    ]


def test_folders_of_versions_are_common_prefixes(versioned):
    for key in ("a/b", "a/c", "d", "e/f"):
        put(versioned, b"1", b"2", Key=key)
    asked = {"Bucket": "birds", "Delimiter": "/", "MaxKeys": 2}
    first = versioned.list_object_versions(**asked)
    assert first["CommonPrefixes"] == [{"Prefix": "a/"}] and first["NextKeyMarker"] == "d"
    after = {"KeyMarker": "d", "VersionIdMarker": first["NextVersionIdMarker"]}
    second = versioned.list_object_versions(**asked, **after)
    assert [each["IsLatest"] for each in second["Versions"]] == [False]
    assert second["CommonPrefixes"] == [{"Prefix": "e/"}] and not second["IsTruncated"]


@pytest.mark.parametrize(
    "more, words",
    [
        ({"VersionId": ""}, "empty string"),
        ({"VersionId": "a/../b"}, "Invalid version id"),
        ({"VersionId": "v" * 32}, "NoSuchVersion"),
    ],
)
def test_an_id_that_is_none_is_told(versioned, more, words):
    put(versioned, b"1")
    with pytest.raises(ClientError, match=words):
        versioned.get_object(**KEY, **more)


def test_a_marker_needs_a_key(versioned):
    with pytest.raises(ClientError, match="InvalidArgument"):
        versioned.list_object_versions(Bucket="birds", VersionIdMarker="v" * 32)
