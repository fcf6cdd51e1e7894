"""A form's fields are the request that they spell out, in the order of their numbers."""

import pytest

from local_aws.wire import forms
from tests.local_aws.wire.shapes import shape


@pytest.mark.parametrize(
    "fields, request_",
    [
        ({}, {}),
        ({"Text": "a", "Integer": "3"}, {"Text": "a", "Integer": 3}),
        ({"renamed": "a", "Renamed": "b"}, {"Renamed": "a"}),
        ({"Inner.A": "a", "Inner.B": "2"}, {"Inner": {"A": "a", "B": 2}}),
        ({"Texts.member.10": "b", "Texts.member.9": "a"}, {"Texts": ["a", "b"]}),
        ({"Texts.member.x": "b", "Texts.1": "a"}, {}),
        ({"Texts": ""}, {"Texts": []}),
        ({"Named.item.1": "a"}, {"Named": ["a"]}),
        ({"Flat.2": "b", "Flat.1": "a"}, {"Flat": ["a", "b"]}),
        ({"Tag.1": "a"}, {"FlatNamed": ["a"]}),
        ({"Pairs.entry.1.key": "a", "Pairs.entry.1.value": "1"}, {"Pairs": {"a": 1}}),
        ({"FlatPairs.1.key": "a", "FlatPairs.1.value": "1"}, {"FlatPairs": {"a": 1}}),
        ({"Pairs.entry.1.key": "a"}, {}),
        ({"NoSuchMember": "a", "Inner.C": "c"}, {}),
        ({"Text": "a", "Text..b": "c", "": "d", ".Text": "e"}, {"Text": "a"}),
    ],
)
def test_a_form_is_the_request_that_its_fields_make_up(fields, request_):
    assert forms.read(shape("Root"), list(fields.items())) == request_


def test_of_a_field_that_comes_twice_the_first_counts():
    assert forms.read(shape("Root"), [("Text", "a"), ("Text", "b")]) == {"Text": "a"}
