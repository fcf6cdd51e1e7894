"""Repeats requests while SageMaker does not see a new IAM role yet; makes no client.

Other services see IAM's changes after some seconds:
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (eventual consistency).
"""

from typing import Any

from botocore.hooks import BaseEventHooks

REFUSED = "Could not assume role"
PAUSE = 3.0
"""Seconds between two tries."""
TRIES = 10


def wait_for_new_roles(events: BaseEventHooks, pause: float = PAUSE) -> None:
    """Have all clients of a session's events, also those that the SDK makes, try again.

    A role that can't be assumed at all is refused after `TRIES` times `pause`.
    """

    def try_again(response: tuple | None, attempts: int, **_: Any) -> float | None:
        if response is None or attempts > TRIES:
            return None
        message = response[1].get("Error", {}).get("Message", "")
        return pause if message.startswith(REFUSED) else None

    events.register("needs-retry.sagemaker", try_again)
