"""The door of the local AWS: start it, find it, stop it, and ask what AWS has no operation for.

Whoever uses the local AWS imports this module and no other.
"""

import urllib.error
import urllib.parse
import urllib.request

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_aws.context import Context
from local_aws.lifecycle import PortBusy, ensure_running, find_running, stop
from local_aws.settings import DEFAULT_PORT, STATE_NAME, Settings

__all__ = [
    "DEFAULT_PORT",
    "STATE_NAME",
    "Context",
    "PortBusy",
    "Settings",
    "ensure_running",
    "find_running",
    "interrupt",
    "stop",
]

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
