"""CodeBuild's steps make the image that Docker makes, and AWS's models accept its commands."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys

import pytest
import yaml

from helpers import container_images
from tests.places import ROOT

PAGE = (ROOT / "docs" / "images.md").read_text()
COMMANDS = re.findall(r"^aws codebuild .+$", PAGE, re.M)


def steps(phase: str) -> list[str]:
    spec = yaml.safe_load((ROOT / "docker_process" / "buildspec.yml").read_text())
    return spec["phases"][phase]["commands"]


def test_it_builds_with_the_options_of_the_course_and_pushes(monkeypatch, tmp_path):
    monkeypatch.setattr(container_images, "STUDIO", tmp_path / "no")
    build, push = steps("build")
    assert shlex.split(build)[2:-3] == container_images._build_options()
    assert shlex.split(build)[-2:] == ["$IMAGE", "."] and push.split()[:2] == ["docker", "push"]


def test_it_logs_in_at_the_registry_of_the_image():
    (login,) = steps("pre_build")
    registry = re.search(r'"(\S+)"$', login)[1]
    command = ["bash", "-c", f"IMAGE=host.amazonaws.com/course/name:tag; echo {registry}"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.strip() == "host.amazonaws.com"


def aws(command: str) -> str:
    """Run a command of the AWS CLI, which checks it and reaches nobody; return what it says."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and does not listen
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        environment = {
            "PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1",
            "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_ENDPOINT_URL": endpoint,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "awscli", *shlex.split(command)[1:]],
            cwd=ROOT, env=environment, capture_output=True, text=True,
        )  # fmt: skip
    return done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_awss_models_accept_the_pages_command(command):
    assert "Could not connect to the endpoint URL" in aws(command)


@pytest.mark.parametrize(
    "more, words",
    [
        ("--no-such x", "Unknown options: --no-such"),
        ("--environment-variables-override nam=IMAGE", "Parameter validation failed"),
    ],
)
def test_a_wrong_parameter_is_refused(more, words):
    assert words in aws(f"aws codebuild start-build --project-name a {more}")


def test_the_page_makes_a_project_and_starts_it():
    assert [command.split()[2] for command in COMMANDS[:2]] == ["create-project", "start-build"]
    name = json.loads((ROOT / "docs" / "code-build.json").read_text())["name"]
    assert name in COMMANDS[1].split()
