"""What every test gets: an environment without AWS or course settings, and a last look around."""

import os

import pytest

from tools.course_run import scrubbed
from tools.processes import leftovers

CLEAN = scrubbed(os.environ)
os.environ.clear()
os.environ.update(CLEAN)


@pytest.fixture(scope="session", autouse=True)
def no_process_outlives_the_tests(tmp_path_factory: pytest.TempPathFactory):
    """Fail the session's last test if any test left a process behind, detached ones included."""
    yield
    left = leftovers(tmp_path_factory.getbasetemp())
    assert not left, "processes left behind:\n" + "\n".join(left)
