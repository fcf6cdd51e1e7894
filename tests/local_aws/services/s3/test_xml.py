"""S3's XML: any text stands in it, and what is no XML is refused."""

from datetime import UTC, datetime

import pytest

from local_aws.errors import AwsError
from local_aws.services.s3 import xml


@pytest.mark.parametrize(
    "value, text",
    [
        ("a", "<Key>a</Key>"),
        ('<&">', "<Key>&lt;&amp;&quot;&gt;</Key>"),
        ("a\x01\n", "<Key>a&#x1;&#xa;</Key>"),
        (True, "<Key>true</Key>"),
        (7, "<Key>7</Key>"),
        (None, ""),
    ],
)
def test_a_value_is_one_element_or_none(value, text):
    assert xml.tag("Key", value) == text


def test_a_document_is_read_as_it_was_written_without_its_namespace():
    root = xml.parse(xml.document("List", xml.group("Item", xml.tag("Key", "ö & <x>"))))
    assert (root.tag, root.findtext("Item/Key")) == ("List", "ö & <x>")
    assert xml.NAMESPACE.encode() in xml.document("List")


@pytest.mark.parametrize(
    "body", [b"", b"<a>", b"no xml", b"\xff", b'<?xml version="1.0" encoding="x"?><a/>']
)
def test_what_is_no_xml_is_refused(body):
    with pytest.raises(AwsError, match="MalformedXML"):
        xml.parse(body)


@pytest.mark.parametrize("when", [datetime(2026, 1, 2, 3, 4, 5, 999, UTC), 1767323045])
def test_a_time_has_the_whole_seconds_of_utc(when):
    assert xml.stamp(when) == "2026-01-02T03:04:05.000Z"
