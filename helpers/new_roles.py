"""Repeats requests while a service does not see a new IAM role yet; makes no client.

Other services see IAM's changes after some seconds:
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (eventual consistency).
"""

from functools import partial
from typing import Any

from botocore.hooks import BaseEventHooks

REFUSED = {
    "sagemaker": ("Could not assume role",),
    "scheduler": ("The execution role you provide must allow AWS EventBridge Scheduler to assume",),
    "lambda": ("cannot be assumed by Lambda",),
    "glue": ("should be given assume role permissions", "unable to assume provided role"),
}
"""What each service says of a role that it can't assume."""
PAUSE = 3.0
"""Seconds between two tries."""
TRIES = 10


def wait_for_new_roles(events: BaseEventHooks, pause: float = PAUSE) -> None:
    """Have all clients of a session's events, also those that the SDK makes, try again.

    A role that can't be assumed at all is refused after `TRIES` times `pause`.
    """

    def try_again(
        refusals: tuple[str, ...], response: tuple | None, attempts: int, **_: Any
    ) -> float | None:
        if response is None or attempts > TRIES:
            return None
        message = response[1].get("Error", {}).get("Message", "")
        return pause if any(words in message for words in refusals) else None

    for service, refusals in REFUSED.items():
        events.register(f"needs-retry.{service}", partial(try_again, refusals))
