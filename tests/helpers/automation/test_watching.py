"""A watched execution: its picture changes with its steps, and time passes while it deploys."""

import json

import pandas as pd
import pytest
from matplotlib.figure import Figure

from helpers.automation import executions, watching
from helpers.automation.executions import TITLES, Execution
from helpers.roles import make_role
from helpers.session import client, role_arn


class Screen:
    """Stands in for a notebook's output."""

    def __init__(self):
        self.figures: list[Figure] = []

    def __call__(self, **options):
        return self

    def update(self, figure: Figure):
        self.figures.append(figure)

    def texts(self, at: int) -> list[str]:
        return [text.get_text() for text in self.figures[at].axes[0].texts]


@pytest.fixture
def screen(monkeypatch):
    shown = Screen()
    monkeypatch.setattr(watching, "display", shown)
    return shown


def started(config) -> str:
    """Start an execution that a condition ends, and return its ARN."""
    fail = {"Name": "Bad", "Type": "Fail", "Arguments": {"ErrorMessage": "no good"}}
    test = {"Type": "Equals", "LeftValue": 1, "RightValue": 2}
    arguments = {"Conditions": [test], "IfSteps": [], "ElseSteps": [fail]}
    steps = [{"Name": "Good", "Type": "Condition", "Arguments": arguments}]
    make_role(config)
    role = role_arn(config)
    sagemaker = client(config, "sagemaker")
    sagemaker.create_pipeline(
        PipelineName="p", RoleArn=role, ClientRequestToken="t" * 32,
        PipelineDefinition=json.dumps({"Version": "2020-12-01", "Steps": steps}),
    )  # fmt: skip
    return sagemaker.start_pipeline_execution(PipelineName="p")["PipelineExecutionArn"]


def test_the_last_picture_shows_how_it_ended(config, screen):
    done = watching.watch(config, started(config))
    assert done.status == "Failed" and "no good" in done.reason + done.steps["why"].iloc[-1]
    assert {"Good", "Bad"} <= set(screen.texts(-1)) and "✗ 0 s" in screen.texts(-1)


@pytest.mark.parametrize("wait", [watching.watch, executions.ended])
def test_time_passes_while_it_deploys_alone(config, screen, monkeypatch, wait):
    arn, passed = started(config), []
    rows = [[("Deploy", "Executing", None, "")], [("Deploy", "Succeeded", 9.0, "")]]
    states = [
        Execution(arn, status, 1, "", pd.DataFrame(row, columns=TITLES))
        for status, row in zip(["Executing", "Succeeded"], rows, strict=True)
    ]
    for module in (watching, executions):
        monkeypatch.setattr(module, "described", lambda *_: states[bool(passed)])
    monkeypatch.setattr(
        executions, "pass_time", lambda config, seconds, why: passed.append(seconds)
    )
    assert wait(config, arn).status == "Succeeded"
    assert passed == [executions.PAUSE_SECONDS]
