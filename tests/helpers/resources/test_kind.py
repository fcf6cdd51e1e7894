"""A kind's resources are the course's by name and tag, and an absence is told from other errors."""

import pytest
from botocore.exceptions import ClientError

from helpers.resources.kind import Kind, Resource, is_gone


def error(code, message=""):
    return ClientError({"Error": {"Code": code, "Message": message}}, "Delete")


def tags_of(config, resource):
    if resource.name == "gone":
        raise error("ValidationException", "Could not find it")
    if resource.name == "hidden":
        raise error("AccessDeniedException")
    return {"ours": {"course": "birds-and-bins"}, "other": {"course": "x"}}.get(resource.name, {})


def kind(*names, tags=tags_of):
    return Kind("S", "thing", lambda config: map(Resource, names), tags, print)


def test_the_tag_parts_the_courses_from_others_and_from_what_is_gone():
    things = kind("ours", "other", "bare", "gone")
    assert [each.name for each in things.own(None)] == ["ours"]
    assert [*things.look_alikes(None)] == [("other", "tag course=x"), ("bare", "no tag course")]


def test_tags_that_may_not_be_seen_are_no_answer():
    with pytest.raises(ClientError, match="AccessDenied"):
        list(kind("hidden").own(None))


def test_a_kind_without_tags_has_the_courses_alone():
    things = kind("bare", tags=None)
    assert [each.name for each in things.own(None)] == ["bare"]
    assert not list(things.look_alikes(None))


@pytest.mark.parametrize(
    "problem, gone",
    [
        (error("ResourceNotFound"), True),
        (error("NoSuchEntity"), True),
        (error("ValidationException", 'Could not find model "m".'), True),
        (error("ValidationException", "Cannot update in-progress endpoint"), False),
        (error("AccessDeniedException", "policy not found"), False),
        (LookupError("no job"), True),
        (RuntimeError("not found"), False),
    ],
    ids=str,
)
def test_an_absence_is_told_from_other_errors(problem, gone):
    assert is_gone(problem) is gone
