"""Says how a pipeline's definition would change, as Markdown for a review; changes none."""

import json
import re
from difflib import unified_diff

from botocore.exceptions import ClientError

from helpers.automation.pipeline import build, name_of, quiet
from helpers.automation.pipeline_roles import PipelineRoles
from helpers.automation.withheld_uploads import withheld_uploads
from helpers.config import Config
from helpers.definition_fields import BRANCHES
from helpers.request_fields import prescribed_steps
from helpers.session import client

MISSING = "ResourceNotFound"
REST = "parameters and settings"
STAMP = re.compile(r"-\d{14}(?=/)")
"""The time in the name of a folder: the SDK gives its drivers a new folder for each definition."""


def plan(config: Config, roles: PipelineRoles) -> str:
    """Return what putting the pipeline would change in the account.

    A definition names code by the checksum of its content, so a changed script is a changed line.
    Nothing is uploaded, and neither the pipeline nor its functions are touched.
    """
    name, current = name_of(config), current_definition(config)
    with quiet(), withheld_uploads(config):
        definition = build(config, roles, put_functions=False).definition()
    planned = json.loads(prescribed_steps(config.account, definition))
    if current is None:
        listed = ", ".join(each for each in parts(planned) if each != REST)
        return f"### {name}\n\nWould be created, with the steps {listed}.\n"
    return f"### {name}\n\n{changes(current, planned)}"


def current_definition(config: Config) -> dict | None:
    """Return the definition that the account has; None where it has no such pipeline."""
    sagemaker = client(config, "sagemaker")
    try:
        about = sagemaker.describe_pipeline(PipelineName=name_of(config))
    except ClientError as error:
        if error.response["Error"]["Code"] != MISSING:
            raise
        return None
    return json.loads(about["PipelineDefinition"])


def changes(current: dict, planned: dict) -> str:
    """Return the parts of two definitions that differ: each step, and all else, as a diff."""
    before, after = parts(current), parts(planned)
    texts = []
    for name in dict.fromkeys([*before, *after]):
        lines = [_lines(side.get(name)) for side in (before, after)]
        if diff := [*unified_diff(*lines, "now", "planned", n=1, lineterm="")]:
            texts.append("\n".join([f"**{name}**", "", "```diff", *diff, "```", ""]))
    return "\n".join(texts) or "No change.\n"


def parts(definition: dict) -> dict[str, dict]:
    """Return a definition's steps by name, those of branches too, and what is no step."""
    steps: dict[str, dict] = {}

    def take(listed: list[dict]) -> None:
        for step in listed:
            branches = {
                branch: step["Arguments"][branch] or []
                for branch in BRANCHES
                if branch in step.get("Arguments", {})
            }
            names = {key: [each["Name"] for each in inner] for key, inner in branches.items()}
            steps[step["Name"]] = {**step, "Arguments": {**step.get("Arguments", {}), **names}}
            for inner in branches.values():
                take(inner)

    take(definition.get("Steps", []))
    rest = {key: value for key, value in definition.items() if key != "Steps"}
    return {**steps, REST: rest}


def _lines(part: dict | None) -> list[str]:
    if part is None:
        return []
    return STAMP.sub("-TIME", json.dumps(part, indent=1, sort_keys=True)).splitlines()
