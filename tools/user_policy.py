"""Writes docs/user-policy*.json: what a person must be allowed to run the course on AWS.

python -m tools.user_policy    write it anew (`make readme` does it too)
"""

import json
from pathlib import Path

from helpers.config import PROJECT, Config
from helpers.policy_documents import policies
from helpers.user_policy import user_permissions

DOCS = Path(__file__).resolve().parents[1] / "docs"


def files() -> dict[Path, str]:
    """Return the policies' files for any data set, with REGION and ACCOUNT to be replaced.

    They are as many as the length of a managed policy demands.
    """
    config = Config("aws", "birds", "REGION", f"{PROJECT}-*", f"{PROJECT}-execution")
    documents = policies(user_permissions(config, "ACCOUNT"))
    return {
        DOCS / f"user-policy-{number}.json": json.dumps(document, indent=2) + "\n"
        for number, document in enumerate(documents, start=1)
    }


def write() -> None:
    """Write the files anew, and no others."""
    for path in DOCS.glob("user-policy*.json"):
        path.unlink()
    for path, text in files().items():
        path.write_text(text)


if __name__ == "__main__":
    write()
