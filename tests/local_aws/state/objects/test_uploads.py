"""Uploads in progress survive a restart and a full disk, as acknowledged to the client."""

import pytest

from local_aws.errors import AwsError
from local_aws.state.objects.store import ObjectStore
from local_aws.state.objects.uploads import Uploads
from tests.local_aws.full_disks import refused_commits


def test_an_upload_survives_a_restart(store):
    uploads = Uploads(store)
    upload = uploads.create("birds", "a", {"metadata": {"k": "v"}}, "", "COMPOSITE")
    with store.draft([b"x"]) as made:
        uploads.put_part(upload, 1, made, {})
    again = ObjectStore(store.root)
    revived = Uploads(again)
    same = revived.get("birds", "a", upload.id)
    info = revived.complete(same, revived.parts(same), "", None)
    assert again.read("birds", "a") == b"x" and info.metadata == {"k": "v"}
    assert info.etag.endswith("-1") and info.parts == (1,)
    again.close()


def test_an_upload_whose_completion_has_no_room_can_be_completed_later(store):
    uploads = Uploads(store)
    upload = uploads.create("birds", "a", {}, "", "")
    made = store.draft([b"part"])
    part = uploads.put_part(upload, 1, made, {})
    with refused_commits(store):
        with pytest.raises(AwsError, match="InsufficientStorage"):
            uploads.complete(upload, [part], "", None)
        with pytest.raises(AwsError, match="InsufficientStorage"):
            uploads.abort(upload)
    assert list(store.list("birds")) == [] and uploads.parts(upload) == [part]
    uploads.complete(upload, uploads.parts(upload), "", None)
    assert store.read("birds", "a") == b"part"
    with pytest.raises(AwsError, match="NoSuchUpload"):
        uploads.get("birds", "a", upload.id)
