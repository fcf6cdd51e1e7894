"""Writes docs/user-policy.json: what a person must be allowed to run the course on AWS.

python -m tools.user_policy    write it anew (`make readme` does it too)
"""

import json
from pathlib import Path

from helpers.config import PROJECT, Config
from helpers.user_policy import policy, user_permissions

PAGE = Path(__file__).resolve().parents[1] / "docs" / "user-policy.json"


def text() -> str:
    """Return the policy for any data set, with REGION and ACCOUNT to be replaced."""
    config = Config("aws", "birds", "REGION", f"{PROJECT}-*", f"{PROJECT}-execution")
    return json.dumps(policy(user_permissions(config, "ACCOUNT")), indent=2) + "\n"


def write() -> None:
    """Write the file anew."""
    PAGE.write_text(text())


if __name__ == "__main__":
    write()
