"""What one can ask a local AWS that AWS has no operation for; knows its address and keys."""

import urllib.error
import urllib.parse
import urllib.request

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from helpers.local_aws.context import Context

INTERRUPT = "/_local/interrupt/"


def interrupt(server: Context, job: str) -> None:
    """Take the instances of a managed spot training job away, as AWS may at any time.

    Raises:
        RuntimeError: the server's reason why it can't.
    """
    url = server.url + INTERRUPT + urllib.parse.quote(job, safe="")
    request = AWSRequest("POST", url, data=b"", headers={"Content-Length": "0"})
    keys = Credentials(server.access_key, server.secret_key)
    SigV4Auth(keys, "sagemaker", server.region).add_auth(request)
    asked = urllib.request.Request(url, b"", dict(request.headers.items()), method="POST")
    try:
        urllib.request.urlopen(asked, timeout=30).close()
    except urllib.error.HTTPError as error:
        raise RuntimeError(error.read().decode()) from None
