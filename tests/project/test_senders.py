"""Every executed operation has a sender, and every sender is there and sends it."""

import ast
import re
import sysconfig
from pathlib import Path

import pytest
from botocore import xform_name

from local_aws.operations import table
from tests.places import ROOT
from tools import notebooks
from tools.readme import tracked
from tools.senders import SENDERS, SUITES

EXECUTED = set(table())
SENT = [
    (service, each, operation)
    for service, listed in SENDERS.items()
    for each in listed
    for operation in each.operations
]
PUT_TOGETHER = r"\bgetattr\("
"""A call whose name its file puts together of a verb and a resource."""


def text(source: str) -> str:
    """Return a file of the project or of an installed package."""
    installed = Path(sysconfig.get_paths()["purelib"]) / source
    return (ROOT / source if (ROOT / source).exists() else installed).read_text()


def test_every_executed_operation_has_a_sender():
    sent = [(service, operation) for service, _, operation in SENT]
    assert len(sent) == len(set(sent)), "one sender an operation: the nearest"
    assert not EXECUTED - set(sent), "name the sender in tools/senders.py"


def test_no_sender_is_left_over():
    assert not {(service, operation) for service, _, operation in SENT} - EXECUTED


@pytest.mark.parametrize("service, sender, operation", SENT, ids=lambda value: str(value)[:40])
def test_a_sender_sends_what_it_is_said_to(service, sender, operation):
    code = text(sender.source)
    name = rf"\b(?:{xform_name(operation)}|{xform_name(operation, '-')}|{operation})\b"
    if not re.search(name, code):
        # DescribeTrainingJob is f"Describe{kind}", delete_model is f"delete_{noun}".
        verb = xform_name(operation).partition("_")[0]
        assert re.search(PUT_TOGETHER, code) and re.search(rf'f"{verb}_?{{', code, re.IGNORECASE)


@pytest.mark.parametrize("sender", {each.by: each for _, each, _ in SENT}.values(), ids=str)
def test_a_sender_is_a_notebook_of_the_course_or_a_client_suite(sender):
    if suite := next((path for name, path in SUITES.items() if sender.by.startswith(name)), None):
        assert (ROOT / suite).is_file()
    else:
        numbers = re.findall(r"\b\d\d\b", sender.by.partition(",")[0])
        assert numbers and set(numbers) <= {path.stem[:2] for path in notebooks.paths()}


def code_lines(text: str) -> int:
    """Count a module's lines without blank ones, comments and docstrings."""
    explained = {
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for number in range(node.lineno, node.end_lineno + 1)
    }
    return sum(
        bool(line.strip()) and not line.lstrip().startswith("#") and number not in explained
        for number, line in enumerate(text.splitlines(), 1)
    )


def test_lines_of_code_are_those_that_explain_nothing():
    assert code_lines('"""Doc.\n\nMore."""\n\n# why\nx = """a\nb"""\n') == 2


def test_the_local_aws_stays_under_28_000_lines_of_code():
    files = [path for path in tracked() if path.parts[0] == "local_aws" and path.suffix == ".py"]
    assert sum(code_lines((ROOT / path).read_text()) for path in files) < 28_000
