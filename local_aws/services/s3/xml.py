"""Writes and reads S3's XML. Knows elements, not their meaning."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

from local_aws.errors import AwsError
from local_aws.wire import xml_documents

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_SPECIAL = re.compile(r"[&<>\"\x00-\x1f\x7f\ufffe\uffff]")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def escape(text: str) -> str:
    """Return the text of an element; control characters become references, as in S3's XML."""
    if not _SPECIAL.search(text):
        return text
    return _SPECIAL.sub(lambda hit: _NAMED.get(hit[0]) or f"&#x{ord(hit[0]):x};", text)


def tag(name: str, value: object) -> str:
    """Return one element; a bool in lower case; for None an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        value = str(value).lower()
    return f"<{name}>{escape(str(value))}</{name}>"


def group(name: str, *inner: str) -> str:
    """Return an element around elements."""
    return f"<{name}>{''.join(inner)}</{name}>"


def document(name: str, *inner: str) -> bytes:
    """Return a whole document in S3's namespace."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<{name} xmlns="{NAMESPACE}">{"".join(inner)}</{name}>'.encode()


def stamp(when: datetime | int) -> str:
    """Return a time (or seconds since 1970) in the format of S3's XML."""
    when = datetime.fromtimestamp(when, UTC) if isinstance(when, int) else when
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def parse(body: bytes) -> ElementTree.Element:
    """Return a request document's root, its tags without namespace. Raises: MalformedXML."""
    try:
        return xml_documents.parse(body)
    except ElementTree.ParseError as error:
        message = "The XML you provided was not well-formed or did not validate."
        raise AwsError("MalformedXML", f"{message} ({error})") from error
