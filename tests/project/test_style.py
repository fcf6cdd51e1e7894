"""The project's style, as far as a machine can tell; notebooks have test_notebooks.py."""

import ast
import re
from pathlib import Path

import pytest

from tests.places import ROOT
from tools.readme import tracked

FILES = tracked()
PYTHON = [path for path in FILES if path.suffix == ".py"]
HELPERS = [path for path in PYTHON if path.parts[0] in ("helpers", "local_aws")]
SCRIPTS = [path for path in PYTHON if path.parts[0].startswith("scripts_")]
SHIPPED = [path for path in PYTHON if path.parts[0] != "tests"]
TEXTS = [p for p in FILES if p.suffix not in {".ogg", ".wav", ".png", ".jpg", ".parquet", ".tar"}]

READS_ENVIRONMENT = {
    "helpers/config.py",
    # It sets switches of libraries, and reads nothing.
    "helpers/telemetry.py",
    # It stands for a job's pip: it lets it look names up, and knows whether it is called by itself.
    "local_aws/images/pip_front.py",
    # They stand for a job's python3 and hand its environment on: they read it whole, no setting.
    "local_aws/instances/launcher.py",
    "local_aws/instances/zygote.py",
    # It runs in a job's Python and looks for the instance's folder.
    "local_aws/instances/library_paths.py",
}
MAKES_CLIENTS = {
    *("helpers/boto_sessions.py", "helpers/session.py"),
    # The code of functions of Lambda, which have boto3 alone.
    *("helpers/automation/live_version.py", "helpers/gateway_function.py"),
    "helpers/schedule_function.py",
    # A Spark job imports it, beside a script that may know nothing of the course.
    "local_aws/services/glue/spark/awsglue/catalog.py",
}
CONTAINER = re.compile(
    r"SM_\w+|RANK|LOCAL_RANK|WORLD_SIZE|LOCAL_WORLD_SIZE|OMP_NUM_THREADS|OMPI_COMM_WORLD_\w+"
    r"|dataset_source|output_path|start_time|end_time|baseline_statistics"
    r"|publish_cloudwatch_metrics|sagemaker_endpoint_name|sagemaker_monitoring_schedule_name"
)
"""Variables of the containers, of torchrun and of Model Monitor's contract: a script's defaults."""
MACHINE_PATH = re.compile(r"/(?:root|work|farm|home)/(?!(?:sagemaker-user|hadoop)\b)[a-z.]")
ACCOUNT = re.compile(r"(?<![\w.])\d{12}(?!\w|\.\d)")
ACCESS_KEY = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")
ACCOUNTS = {
    "000000000000": "the local AWS",
    "763104351884": "AWS's own images for deep learning",
    "683313688378": "AWS's own images for scikit-learn",
}


def name(path: Path) -> str:
    return str(path)


def nodes(path: Path, kind: type) -> list:
    """Return all nodes of one kind in a Python file's syntax tree."""
    return [n for n in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(n, kind)]


def environment_reads(path: Path) -> list[str]:
    """Return the expressions by which a file looks at or changes the process's environment."""
    tree = ast.parse((ROOT / path).read_text())
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            found += [a.name for a in node.names if a.name in ("environ", "getenv", "putenv")]
        if isinstance(node, ast.Attribute) and ast.unparse(node) in (
            "os.environ", "os.environb", "os.getenv", "os.putenv", "os.unsetenv",
        ):  # fmt: skip
            around = parents[node]
            while isinstance(around, ast.Attribute):
                around = parents[around]
            found.append(ast.unparse(around))
    return found


def client_makers(path: Path) -> list[str]:
    """Return the expressions by which a file makes a boto3 client or session."""
    found = []
    for node in nodes(path, ast.ImportFrom):
        if (
            node.module
            and node.module.split(".")[0] == "boto3"
            or node.module == "botocore.session"
        ):
            found += [f"from {node.module} import {alias.name}" for alias in node.names]
    for node in nodes(path, ast.Attribute):
        if ast.unparse(node).startswith(("boto3.", "botocore.session")):
            found.append(ast.unparse(node))
    return [text for text in found if re.search(r"\b(client|resource|[Ss]ession)\b", text)]


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_no_file_is_two_nouns(path):
    assert len((ROOT / path).read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_every_module_says_what_it_knows(path):
    assert ast.get_docstring(ast.parse((ROOT / path).read_text()))


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_nothing_is_left_for_later(path):
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "raise NotImplemented" + "Error")
    text = (ROOT / path).read_text()
    assert not [word for word in words if re.search(rf"\b{word}\b", text)]


@pytest.mark.parametrize("path", HELPERS, ids=name)
def test_only_config_reads_the_environment(path):
    assert str(path) in READS_ENVIRONMENT or not environment_reads(path)


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_job_scripts_read_the_containers_variables_alone(path):
    for text in environment_reads(path):
        key = re.match(r"os\.(?:environ\.get\(|environ\[|getenv\()'(\w+)'", text)
        assert key and CONTAINER.fullmatch(key[1]), text


@pytest.mark.parametrize("path", HELPERS + SCRIPTS, ids=name)
def test_only_session_makes_clients(path):
    assert str(path) in MAKES_CLIENTS or not client_makers(path)


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_job_scripts_are_linear_and_know_no_cloud(path):
    text = (ROOT / path).read_text()
    assert len(text.splitlines()) <= 150
    assert not re.search(r"\bif .*\blocal\b(?!_)|COURSE_CLOUD", text)


@pytest.mark.parametrize(
    "source, reads",
    [
        ("import os\nos.environ['A']", ["os.environ['A']"]),
        ("import os\nos.environ.get('SM_X', 1)", ["os.environ.get('SM_X', 1)"]),
        ("import os\nprint({**os.environ})", ["{**os.environ}"]),
        ("from os import getenv", ["getenv"]),
        ("import os\nos.path.join('environ')\ndef f(environ): environ['A']", []),
    ],
)
def test_a_read_of_the_environment_is_found(tmp_path, source, reads):
    (tmp_path / "a.py").write_text(source)
    assert environment_reads(tmp_path / "a.py") == reads


@pytest.mark.parametrize(
    "source, count",
    [
        ("import boto3\nboto3.client('s3')", 1),
        ("import boto3\nboto3.session.Session()", 2),
        ("from boto3 import Session", 1),
        ("import boto3\nboto3.set_stream_logger('')\nfrom botocore.config import Config", 0),
    ],
)
def test_a_maker_of_clients_is_found(tmp_path, source, count):
    (tmp_path / "a.py").write_text(source)
    assert len(client_makers(tmp_path / "a.py")) == count


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_no_file_names_a_machine_an_account_or_a_key(path):
    text = (ROOT / path).read_text()
    assert not MACHINE_PATH.findall(text)
    assert not set(ACCOUNT.findall(text)) - set(ACCOUNTS)
    assert not ACCESS_KEY.findall(text)


@pytest.mark.parametrize(
    "text, found",
    [
        ("arn:aws:iam::12345678901" + "2:role/x", True),
        ("12345678901" + "2.dkr.ecr.us-east-1", True),
        ("loss 0.123456789012, 1234567890123 ms, a123456789012f", False),
    ],
)
def test_an_account_number_is_told_from_other_digits(text, found):
    assert bool(ACCOUNT.search(text)) == found


def test_no_tracked_file_is_over_a_megabyte():
    large = {name(path): (ROOT / path).stat().st_size for path in FILES}
    assert not {path: size for path, size in large.items() if size > 1_000_000}
