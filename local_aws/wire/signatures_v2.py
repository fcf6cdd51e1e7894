"""Checks Signature Version 2 in a presigned URL of S3; knows keys, and no operation.

boto3 and `aws s3 presign` make such URLs by default in us-east-1. Contract:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
Left out: the request's own Content-Type is not checked. AWS includes it, so a PUT whose client adds
one by itself (urllib and curl do) is refused there.
"""

import hmac
import time
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import HmacV1QueryAuth
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from local_aws.errors import AwsError


class _Presigned(HmacV1QueryAuth):
    """botocore's signer, with the time of the URL instead of the present time."""

    def _get_date(self) -> str:
        return self._expires


def check(method: str, raw_path: str, query: str, headers: dict[str, str], secret: str) -> None:
    """Check a presigned URL of version 2.

    Args:
        headers: by lower-case name.

    Raises:
        AwsError: 403, it has expired, or the signature is wrong.
    """
    fields = dict(parse_qsl(query, keep_blank_values=True))
    expires = fields.get("Expires", "")
    if not expires.isdecimal():
        message = "Query-string authentication needs the parameter Expires"
        raise AwsError("AccessDenied", message, 403)
    signer = _Presigned(Credentials(fields["AWSAccessKeyId"], secret), expires)
    signed = HTTPHeaders()
    for name, value in {**headers, **fields}.items():
        if name.lower().startswith("x-amz-"):
            signed[name] = value
    for name in ("content-type", "content-md5"):
        if name in fields:
            signed[name] = fields[name]
    expected = signer.get_signature(method, urlsplit(f"{raw_path}?{query}"), signed)
    if not hmac.compare_digest(expected.encode(), fields["Signature"].encode()):
        message = "The signature does not match the request: check the secret key."
        raise AwsError("SignatureDoesNotMatch", message, 403)
    if int(expires) < time.time():
        raise AwsError("AccessDenied", "Request has expired", 403)
