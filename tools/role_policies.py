"""Writes docs/roles/*.json: what each role of the course may do, and who may assume it.

python -m tools.role_policies    write them anew (`make readme` does it too)
"""

import json
from collections.abc import Iterator
from pathlib import Path

from helpers import events, glue_role, roles
from helpers.automation import github_roles, pipeline_roles
from helpers.config import PROJECT, Config
from helpers.gateway import gateway_permissions
from helpers.gateway_document import ASSUMED_BY
from helpers.policy_documents import policies
from helpers.schedules import SCHEDULER, schedule_permissions
from tools.user_policy import DOCS

FOLDER = DOCS / "roles"
CONFIG = Config("aws", "birds", "REGION", f"{PROJECT}-*", f"{PROJECT}-execution")
REPOSITORY = "OWNER/NAME"


def course_roles() -> Iterator[tuple[str, str, roles.Permissions]]:
    """Yield the name, the service and the permissions of each role that the course makes."""
    yield "execution", roles.TRUSTED, roles.permissions(CONFIG)
    yield "glue", glue_role.TRUSTED, glue_role.permissions(CONFIG)
    yield "events", events.SERVICE, events.permissions(CONFIG)
    execution = f"arn:aws:iam::ACCOUNT:role/{CONFIG.role}"
    yield "schedules", SCHEDULER, schedule_permissions(CONFIG, execution)
    page = f"{CONFIG.home}page/index.html"
    yield "gateway", ASSUMED_BY, gateway_permissions(CONFIG, CONFIG.name, page)
    for field, (_, service, permissions) in pipeline_roles.own_roles(CONFIG).items():
        yield field.replace("_", "-"), service, permissions(CONFIG)


def files() -> dict[Path, str]:
    """Return the files; REGION, ACCOUNT and OWNER/NAME stand for a person's own."""
    documents = {}
    for name, service, permissions in course_roles():
        documents[name] = roles.document(permissions)
        documents[f"{name}-trust"] = roles.trust(service)
    for name, permissions in github_roles.PERMISSIONS.items():
        (documents[f"github-{name}"],) = policies(permissions(CONFIG))
        documents[f"github-{name}-trust"] = github_roles.trust(name, "ACCOUNT", REPOSITORY)
    return {
        FOLDER / f"{name}.json": json.dumps(document, indent=2) + "\n"
        for name, document in documents.items()
    }


def write() -> None:
    """Write the files anew, and no others."""
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.json"):
        path.unlink()
    for path, text in files().items():
        path.write_text(text)


if __name__ == "__main__":
    write()
