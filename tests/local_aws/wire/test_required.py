"""A member that an engine needs and the client left out is an error that names it."""

import json

import pytest

from local_aws.errors import AwsError
from local_aws.wire.required import Members


def test_a_missing_member_is_named():
    with pytest.raises(AwsError, match="'apiId': Member must not be null"):
        Members(stage="v1")["apiId"]


def test_an_engine_may_look_whether_a_member_is_there():
    members = Members(stage="v1")
    assert members.get("apiId") is None and "apiId" not in members
    with pytest.raises(KeyError):
        members["apiId"]


def test_a_structure_is_kept_like_any_other_document():
    assert json.loads(json.dumps(Members(a=Members(b=1)))) == {"a": {"b": 1}}
