import pytest

from local_aws.services.events.dotted_names import nested


@pytest.mark.parametrize(
    ("event", "paths"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a.b.c": 1}, {"a": {"b": {"c": 1}}}),
        ({"a.b": 1, "a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a.b": 1, "a": {"b": 2}}, {"a": {"b": [1, 2]}}),
        ({"a": "leaf", "a.b": 1}, {"a": ["leaf", {"b": 1}]}),
        ({"a": [{"b": 1}], "a.b": 2}, {"a": [{"b": 1}, {"b": 2}]}),
        ({"a": [{"b.c": [1]}]}, {"a": [{"b": {"c": [1]}}]}),
    ],
)
def test_a_name_with_dots_becomes_a_path_beside_what_is_there(event, paths):
    assert nested(event) == paths
