"""An endpoint under load loses no request while it is updated, rolled back and killed."""

import subprocess
import sys

import pytest

from tests.places import ROOT


@pytest.mark.slow
def test_a_short_soak_is_in_order():
    command = [sys.executable, "-m", "benchmarks.endpoint_soak", "--requests", "700"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    # A process that is killed while it waits is replaced before a request comes to it.
    for line in ("by version 1", "by version 2", "in the place of", "before its rollback"):
        assert line in done.stdout
    assert "0  without an outcome" in done.stdout
