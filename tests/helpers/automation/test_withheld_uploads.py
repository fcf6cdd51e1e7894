"""Uploads are answered here in the block, by clients old and new, and sent again after it."""

import pytest
from botocore.exceptions import ClientError

from helpers.automation.withheld_uploads import withheld_uploads
from helpers.s3 import upload_folder
from helpers.session import boto_session, client


def test_what_is_uploaded_in_the_block_is_not_there_and_what_is_after_it_is(aws, config, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a.txt").write_text("a")
    s3, keys = client(config, "s3"), (config.key("code", "old/a.txt"), "new")
    with withheld_uploads(config):
        upload_folder(s3, tmp_path / "folder", config.uri("code", "old"))
        resource = boto_session(config).resource("s3").Object(config.bucket, "new")
        assert resource.put(Body=b"new")["ResponseMetadata"]["HTTPStatusCode"] == 200
        for key in keys:
            with pytest.raises(ClientError, match="404"):
                s3.head_object(Bucket=config.bucket, Key=key)
    upload_folder(s3, tmp_path / "folder", config.uri("code", "old"))
    boto_session(config).resource("s3").Object(config.bucket, "new").put(Body=b"new")
    for key in keys:
        assert s3.head_object(Bucket=config.bucket, Key=key)["ContentLength"] in (1, 3)
