"""The public interface of the local AWS: start, find and stop it, move its clock, inject faults.

Other packages import this module and no other of `local_aws`.
"""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_aws.context import Context
from local_aws.lifecycle import PortBusy, ensure_running, find_running, stop
from local_aws.settings import CONTROL, DEFAULT_PORT, INVOKE, STATE_NAME, Settings
from local_aws.state.faults import Fault

__all__ = [
    "DEFAULT_PORT",
    "INVOKE",
    "STATE_NAME",
    "Context",
    "Fault",
    "PortBusy",
    "Settings",
    "advance",
    "ensure_running",
    "find_running",
    "interrupt",
    "set_faults",
    "stop",
]


def interrupt(server: Context, job: str) -> None:
    """Take the instances of a managed spot training job away, as AWS may at any time.

    Raises:
        RuntimeError: the server's reason why it can't.
    """
    _ask(server, f"interrupt/{urllib.parse.quote(job, safe='')}")


def advance(server: Context, seconds: float) -> datetime:
    """Move the clock forward, run the timers that are due by then, and return the new time.

    Raises:
        RuntimeError: the server's reason why it can't.
    """
    return datetime.fromisoformat(_ask(server, "clock", {"advance": seconds})["now"])


def set_faults(server: Context, faults: Sequence[Fault], seed: int = 0) -> None:
    """Replace the rules of injected faults; an empty list switches faults off.

    Raises:
        RuntimeError: the server's reason why it can't.
    """
    rules = [asdict(fault) for fault in faults]
    _ask(server, "faults", {"faults": rules, "seed": seed})


def _ask(server: Context, call: str, content: dict | None = None) -> dict:
    url = server.url + CONTROL + call
    body = b"" if content is None else json.dumps(content).encode()
    headers = {"Content-Length": str(len(body)), "Content-Type": "application/json"}
    request = AWSRequest("POST", url, data=body, headers=headers)
    keys = Credentials(server.access_key, server.secret_key)
    SigV4Auth(keys, "sagemaker", server.region).add_auth(request)
    signed = urllib.request.Request(url, body, dict(request.headers.items()), method="POST")
    # The server is on this machine: a proxy of the environment must not be used.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(signed, timeout=600) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            raise RuntimeError(error.read().decode()) from None
