"""Where a local AWS keeps its state and listens; reads no environment."""

from dataclasses import dataclass
from pathlib import Path

DEFAULT_PORT = 4590
CONTROL = "/_local/"
"""How the paths of control calls begin."""
STATE_NAME = ".local_aws"
"""Name of the state folder where none is given."""


@dataclass(frozen=True)
class Settings:
    """One local AWS: its state folder and its port on loopback (0: a free one)."""

    state: Path
    port: int = DEFAULT_PORT
