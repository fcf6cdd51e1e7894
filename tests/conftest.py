"""What every test gets: an environment without AWS or course settings, and a last look around.

And what some ask for: a whole local AWS on a free port, in a state folder that goes with the test.
"""

import functools
import gc
import os
import sys
import tempfile

import boto3
import botocore.session
import pytest

from helpers import telemetry
from tools.course_run import scrubbed
from tools.processes import leftovers

CLEAN = scrubbed(os.environ)
os.environ.clear()
os.environ.update(CLEAN)
# Tests run side by side. Torch's threads wait for each other by keeping a core busy, as they come:
# where more threads than cores want to run, each of them waits for a time slice at every operation.
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
telemetry.switch_off()
# A session of boto3 parses the models of its services for itself, megabytes of JSON, and each test
# has sessions of its own: an eighth of the suite's time went there.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)


# Imports and collection make objects that stay: the collector looked at them for a quarter of it.
gc.disable()


def pytest_collection_finish():
    """Let the garbage collector leave alone what imports and collection made, and look less often.

    It went through all of it, torch and the models of services, whenever tests made some objects: a
    sixth of the suite's time.
    """
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def no_process_outlives_the_tests(tmp_path_factory: pytest.TempPathFactory):
    """Fail the session's last test if any test left a process behind, detached ones included."""
    yield
    left = leftovers(tmp_path_factory.getbasetemp())
    assert not left, "processes left behind:\n" + "\n".join(left)


@pytest.fixture(scope="session", autouse=True)
def temporary_files_go_with_the_session(tmp_path_factory: pytest.TempPathFactory):
    """Remove what tests leave beside their own folders: workers of pytest-xdist run no `atexit`.

    The folder has a short path, since sockets lie in it.
    """
    tmp_path_factory.getbasetemp()  # first: it must not lie in there
    before = tempfile.gettempdir()
    with tempfile.TemporaryDirectory(prefix="tests-", ignore_cleanup_errors=True) as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        yield
        os.environ["TMPDIR"] = tempfile.tempdir = before


@pytest.fixture(autouse=True)
def nothing_stays_pinned():
    """Undo what the course does to a process: variables, default sessions, figures' style.

    `load_config` does the first two, `plots.use_style` the third.
    """
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
    boto3.DEFAULT_SESSION = None
    if sdk := sys.modules.get("sagemaker.core.utils.utils"):
        # Else the SDK's classes go on asking the local AWS of an earlier test.
        sdk.SageMakerClient.reset()
    if matplotlib := sys.modules.get("matplotlib"):
        matplotlib.rcdefaults()


@pytest.fixture
def aws(tmp_path, tmp_path_factory):
    """Return a running local AWS with a bucket, and a role for jobs."""
    from local_aws.server import LocalAws
    from tests.local_cloud import furnish

    # Its first Spark compiles the file system: the first of all tests does it for the others.
    session = tmp_path_factory.getbasetemp()
    session = session.parent if "PYTEST_XDIST_WORKER" in os.environ else session
    compiled = session / "spark"
    compiled.mkdir(exist_ok=True)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "spark").symlink_to(compiled)
    with LocalAws(tmp_path / "state") as server:
        furnish(server)
        yield server


@pytest.fixture
def client(aws):
    """Return a function that makes a boto3 client of the local AWS."""
    from tests.local_cloud import make_client

    return lambda service, **keys: make_client(aws, service, **keys)


@pytest.fixture
def config(aws, monkeypatch):
    """Return the course's settings for the local AWS, with the environment that goes with them."""
    from helpers.boto_sessions import use_local
    from tests.local_cloud import course_config

    for name, value in aws.context.environment().items():
        monkeypatch.setenv(name, value)
    config = course_config(aws)
    use_local(config.endpoint_url, config.region)
    return config


@pytest.fixture
def rehearsed(config, aws, monkeypatch):
    """Return the settings of a local AWS that is found by its state folder: its time can pass."""
    monkeypatch.setenv("COURSE_LOCAL_STATE", str(aws.context.state))
    return config


@pytest.fixture
def course_style():
    """Draw in the course's look, and leave none of it behind."""
    import matplotlib.pyplot as plt

    from helpers import plots

    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")
