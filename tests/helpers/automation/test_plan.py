"""A plan shows what would change, step by step, and changes nothing."""

import json

import pytest

from helpers.automation import pipeline, steps
from helpers.automation.pipeline import put_pipeline
from helpers.automation.pipeline_roles import make_roles
from helpers.automation.plan import changes, current_definition, parts, plan
from helpers.roles import make_role

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK warns of itself


def test_a_plan_follows_the_code_and_puts_nothing(aws, config, monkeypatch):
    make_role(config)
    roles = make_roles(config)
    put_pipeline(config, roles)
    before = current_definition(config)
    monkeypatch.setattr(steps, "LEARNING_RATE", 0.5)
    monkeypatch.setattr(pipeline, "EPOCHS", 7)
    text = plan(config, roles)
    assert '"lr": "0.5"' in text
    assert "**Train**" in text and "**parameters and settings**" in text
    assert "**Explore**" not in text
    assert current_definition(config) == before


def step(name: str, **arguments: object) -> dict:
    return {"Name": name, "Type": "Processing", "Arguments": arguments}


def test_a_branch_is_the_names_of_its_steps_and_they_are_parts_too():
    inner = step("Shards", Files=1)
    condition = step("Fit", Conditions=[], IfSteps=[inner], ElseSteps=None)
    definition = {"Version": "2020-12-01", "Steps": [condition]}
    by_name = parts(definition)
    assert by_name["Fit"]["Arguments"] == {"Conditions": [], "IfSteps": ["Shards"], "ElseSteps": []}
    assert by_name["Shards"] == inner
    assert by_name["parameters and settings"] == {"Version": "2020-12-01"}


def test_added_changed_and_removed_steps_are_shown_and_no_others():
    now = {"Steps": [step("A", n=1), step("B", n=1), step("C", n=1)]}
    planned = {"Steps": [step("A", n=1), step("B", n=2), step("D", n=1)]}
    text = changes(json.loads(json.dumps(now)), planned)
    assert [line for line in text.splitlines() if line.startswith("**")] == [
        *("**B**", "**C**", "**D**"),
    ]
    assert '-  "n": 1' in text and '+  "n": 2' in text
