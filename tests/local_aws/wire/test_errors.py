"""Every protocol's own parser in botocore finds an error's code and message."""

import pytest
from botocore.parsers import create_parser

from local_aws.errors import AwsError, QueryError
from local_aws.wire.errors import word

PROTOCOLS = ("json", "rest-json", "query", "ec2", "rest-xml", "smithy-rpc-v2-cbor", "s3")


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("message", ["No.", "<é> & " + "long " * 99])
def test_an_errors_code_and_message_arrive(protocol, message):
    headers, body = word(AwsError("SomeException", message), protocol, "an-id")
    answer = {
        "status_code": 400,
        "headers": {name.lower(): value for name, value in headers},
        "body": body,
    }
    parser = create_parser("rest-xml" if protocol == "s3" else protocol)
    error = parser.parse(answer, None)["Error"]
    assert (error["Code"], error["Message"]) == ("SomeException", message)


@pytest.mark.parametrize("protocol", ["json", "smithy-rpc-v2-cbor"])
def test_an_error_with_two_names_has_both(protocol):
    headers, body = word(QueryError("OldCode", "No.", "NewName"), protocol, "an-id")
    answer = {"status_code": 400, "headers": {k.lower(): v for k, v in headers}, "body": body}
    error = create_parser(protocol).parse(answer, None)["Error"]
    assert (error["Code"], error["QueryErrorCode"]) == ("OldCode", "NewName")
