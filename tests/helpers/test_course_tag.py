"""The course's tag has one value, and nothing else is taken for it."""

import pytest

from helpers.course_tag import PROPERTIES, TAG, as_mapping, is_marked


def test_the_tag_marks_in_each_of_its_forms():
    assert is_marked(as_mapping([TAG, {"Key": "team", "Value": "birds"}]))
    assert PROPERTIES == "('course' = 'birds-and-bins')"


@pytest.mark.parametrize(
    "tags", [{}, {"course": "another"}, {"Course": "birds-and-bins"}, {"x": "birds-and-bins"}, None]
)
def test_no_other_tag_does(tags):
    assert not is_marked(tags)
