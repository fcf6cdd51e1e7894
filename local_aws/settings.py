"""The settings of a local AWS: its state folder and its port; reads no environment."""

from dataclasses import dataclass
from pathlib import Path

DEFAULT_PORT = 4590
CONTROL = "/_local/"
"""The prefix of the paths of control calls."""
INVOKE = "/_aws/execute-api/"
"""The prefix of the paths of REST APIs, which stands for a host of their own on AWS."""
STATE_NAME = ".local_aws"
"""Default name of the state folder."""


@dataclass(frozen=True)
class Settings:
    """One local AWS: its state folder and its port on loopback (0: a free one)."""

    state: Path
    port: int = DEFAULT_PORT
    policies: tuple[Path, ...] = ()
    """Files with the user's policies, which every request is held to; none: no request is."""
