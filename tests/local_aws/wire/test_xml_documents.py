"""XML is read and written by its shape: lists wrapped or flat, maps, attributes, any text."""

from xml.etree.ElementTree import ParseError

import pytest

from local_aws.wire import xml_documents
from local_aws.wire.xml_documents import Element
from tests.local_aws.wire.shapes import shape


def written(value: dict) -> str:
    root = Element("Root")
    xml_documents.fill(root, shape("Root"), value)
    return xml_documents.text_of(root).decode()


def read(text: str) -> dict:
    return xml_documents.read(shape("Root"), xml_documents.parse(text.encode()))


@pytest.mark.parametrize(
    "value, inner",
    [
        ({"Text": "a<&"}, "<Text>a&lt;&amp;</Text>"),
        ({"Renamed": "a"}, "<renamed>a</renamed>"),
        ({"Integer": 3, "Flag": False}, "<Integer>3</Integer><Flag>false</Flag>"),
        ({"Texts": ["a", "b"]}, "<Texts><member>a</member><member>b</member></Texts>"),
        ({"Texts": []}, "<Texts />"),
        ({"Named": ["a"]}, "<Named><item>a</item></Named>"),
        ({"Flat": ["a", "b"]}, "<Flat>a</Flat><Flat>b</Flat>"),
        ({"FlatNamed": ["a"]}, "<Tag>a</Tag>"),
        ({"Pairs": {"a": 1}}, "<Pairs><entry><key>a</key><value>1</value></entry></Pairs>"),
        ({"FlatPairs": {"a": 1}}, "<FlatPairs><key>a</key><value>1</value></FlatPairs>"),
        ({"Inner": {"A": "a", "B": 2}}, "<Inner><A>a</A><B>2</B></Inner>"),
        ({"Text": "a\r\n"}, "<Text>a&#13;\n</Text>"),
    ],
)
def test_a_value_is_written_as_its_shape_says_and_read_back(value, inner):
    assert written(value) == f"<Root>{inner}</Root>"
    assert read(written(value)) == value


def test_an_attribute_stands_in_its_elements_tag():
    assert written({"Kind": "User"}) == '<Root xsi:type="User" />'
    assert read('<Root xmlns:xsi="urn:x" xsi:type="User"/>') == {"Kind": "User"}


def test_a_member_of_the_headers_is_none_of_the_document():
    assert written({"Header": "a"}) == "<Root />"
    assert read("<Root><x-header>a</x-header></Root>") == {}


def test_namespaces_are_left_out_of_the_tags():
    assert read('<Root xmlns="urn:x"><Text>a</Text></Root>') == {"Text": "a"}


def test_a_character_that_no_document_may_have_is_replaced():
    assert written({"Text": "a\x01\uffff"}) == "<Root><Text>a\ufffd\ufffd</Text></Root>"


@pytest.mark.parametrize(
    "body", [b"<", b"", b'<?xml version="1.0" encoding="x"?><a/>',
             b'<?xml version="1.0" encoding="shift_jis"?><a/>', b"<a>" * 20_000],
)  # fmt: skip
def test_what_can_not_be_read_is_one_kind_of_error(body):
    with pytest.raises(ParseError):
        xml_documents.parse(body)
