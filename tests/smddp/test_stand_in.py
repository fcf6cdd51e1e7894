"""The stand-in refuses what SMDDP refuses: a script that trains with it keeps the rules."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.torchrun import environment

PROGRAM = Path(__file__).with_name("refusals.py")


@pytest.fixture(scope="module")
def raised() -> dict[str, str]:
    """Run refusals.py and return what each of its attempts raised."""
    command = [sys.executable, "-W", "ignore", str(PROGRAM)]
    run = subprocess.run(command, capture_output=True, text=True, env=environment())
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize(
    "attempt, why",
    [
        ("before its import", "smddp"),
        ("beside another backend", "used alone"),
        ("new_group", "no new_group"),
        ("a Gloo group", "no new_group"),
        ("device_ids", "takes no device_ids"),
        ("a product", "SUM, AVG, MIN or MAX alone"),
        ("reduce", "has no reduce"),
        ("gather", "has no gather"),
        ("scatter", "has no scatter"),
        ("send", "has no send"),
        ("all_to_all", "has no alltoall"),
        ("reduce_scatter", "has no reduce_scatter"),
        ("all_gather_into_tensor", "has no "),
    ],
)
def test_what_smddp_refuses_is_refused(raised, attempt, why):
    assert why in raised[attempt]


@pytest.mark.parametrize("attempt", ["all_reduce", "all_gather", "broadcast", "barrier"])
def test_what_smddp_does_is_done(raised, attempt):
    assert raised[attempt] == ""
