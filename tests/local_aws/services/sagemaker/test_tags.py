"""Tags are kept by ARN and by key."""

import pytest

ARN = "arn:aws:sagemaker:us-east-1:000000000000:model/birds"


@pytest.fixture
def tags(aws):
    return aws.engines.tags


def tag(**pairs):
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


def test_a_tag_of_a_known_key_is_replaced_and_others_stay(tags):
    tags.set(ARN, tag(a="1", b="2"))
    answer = tags.add_tags({"ResourceArn": ARN, "Tags": tag(a="3", c="4")})
    assert (
        answer["Tags"] == tag(a="3", b="2", c="4") == tags.list_tags({"ResourceArn": ARN})["Tags"]
    )


def test_deleted_tags_are_gone_and_unknown_ones_are_no_error(tags):
    tags.set(ARN, tag(a="1", b="2"))
    tags.delete_tags({"ResourceArn": ARN, "TagKeys": ["a", "x"]})
    tags.delete_tags({"ResourceArn": ARN + "x", "TagKeys": ["a"]})
    assert tags.list_tags({"ResourceArn": ARN}) == {"Tags": tag(b="2")}


def test_what_has_no_tags_has_an_empty_list(client):
    assert client("sagemaker").list_tags(ResourceArn=ARN)["Tags"] == []


def test_forgotten_tags_do_not_come_back_with_a_new_resource(tags):
    tags.set(ARN, tag(a="1"))
    tags.forget(ARN)
    tags.set(ARN, [])
    assert tags.list_tags({"ResourceArn": ARN}) == {"Tags": []}


def test_a_new_resource_has_no_tags_that_its_arn_was_given_before(tags):
    tags.add_tags({"ResourceArn": ARN, "Tags": tag(a="1")})
    tags.set(ARN, [])
    assert tags.list_tags({"ResourceArn": ARN}) == {"Tags": []}
