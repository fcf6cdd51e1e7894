"""The command of the workflow plans and puts under roles that are there."""

import pytest
import yaml

from helpers.automation.github_roles import SUBJECTS
from helpers.automation.pipeline import name_of
from helpers.automation.pipeline_roles import make_roles
from helpers.automation.plan import current_definition
from helpers.feature_groups import make_group
from helpers.roles import make_role
from tests.places import ROOT
from tools import pipeline

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK warns of itself


@pytest.fixture
def config(config, monkeypatch):
    monkeypatch.setattr(pipeline, "load_config", lambda: config)
    return config


def test_without_the_roles_it_says_what_to_do(aws, config):
    with pytest.raises(LookupError, match="no role .*: run notebooks/10 once"):
        pipeline.main(["plan"])


def test_it_plans_then_puts_then_has_nothing_to_change(aws, config, capsys):
    make_role(config)
    make_roles(config)
    with pytest.raises(LookupError, match="no feature group .*: run notebooks/10 once"):
        pipeline.main(["put"])
    make_group(config)
    pipeline.main(["plan"])
    assert "Would be created" in capsys.readouterr().out
    pipeline.main(["put"])
    assert capsys.readouterr().out == f"{name_of(config)} is up to date\n"
    assert current_definition(config) is not None
    pipeline.main(["plan"])
    assert "No change" in capsys.readouterr().out


@pytest.mark.parametrize("command", SUBJECTS)
def test_the_workflow_runs_each_command_under_its_own_role_and_no_key(command):
    jobs = yaml.safe_load((ROOT / ".github/workflows/pipeline.yml").read_text())["jobs"]
    job = jobs[command]
    assert f"python -m tools.pipeline {command}" in str(job["steps"])
    assert job["permissions"]["id-token"] == "write"
    [signed] = [step["with"] for step in job["steps"] if "role-to-assume" in step.get("with", {})]
    role = f"vars.COURSE_{command.upper()}_ROLE"
    assert signed["role-to-assume"] == f"${{{{ {role} }}}}"
    assert role in job["if"] and "secrets." not in str(job)


def test_a_forks_request_is_not_planned():
    text = (ROOT / ".github/workflows/pipeline.yml").read_text()
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    assert "head.repo.full_name == github.repository" in yaml.safe_load(text)["jobs"]["plan"]["if"]
