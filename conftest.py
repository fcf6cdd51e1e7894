"""How pytest runs the notebooks: after the tests, in order, all on one fresh local AWS.

And, with -n, how it spreads tests over workers that run side by side.
"""

import os

import psutil
import pytest

from tools.aws_run import AwsRun, run_of
from tools.course_run import CourseRun, course_settings

SETTINGS = course_settings(os.environ)
collect_ignore_glob = ["notebooks/*/*"]
"""Pages of other data sets: their cells are those of notebooks/, which run with each of them."""
RUN = pytest.StashKey[CourseRun | AwsRun]()


def is_notebook(item: pytest.Item | None) -> bool:
    """Tell nbmake's items from tests."""
    return getattr(item, "nbmake", False)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return how many workers `-n auto` starts: one a core, and one as many tests wait."""
    return len(psutil.Process().cpu_affinity()) + 1 if psutil.LINUX else os.cpu_count() + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Give a worker whole files, in the order collected, and the notebooks all to one.

    What a file's tests share is made once. xdist's own groups do nothing under pytest 9.2.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "notebooks" if file.endswith(".ipynb") else file

    config.option.loadscopereorder = False
    return ByFile(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the notebooks last, in the order of their names, and call them slow.

    Where workers run side by side, files with slow tests come first: none is left to the end.
    """
    for item in filter(is_notebook, items):
        item.add_marker("slow")
    items.sort(key=lambda item: item.path.name if is_notebook(item) else "")
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.get_closest_marker("slow"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item):
    """Give a notebook's kernel the environment of the run."""
    if not is_notebook(item):
        return (yield)
    stash = item.config.stash
    run = stash.setdefault(RUN, None) or run_of() or CourseRun(SETTINGS)
    stash[RUN] = run
    with run.environment():
        # What Jupyter tells its kernels; nbmake's are not told.
        os.environ["JPY_SESSION_NAME"] = str(item.path)
        return (yield)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Run no notebook after one that failed: it would only fail for want of what that one makes."""
    if is_notebook(item) and (failed := item.config.stash[RUN].failed):
        pytest.skip(f"not run, because {failed} failed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Remember the first notebook that failed, and say where its local AWS's state is."""
    report = yield
    if is_notebook(item) and report.failed and not item.config.stash[RUN].failed:
        run = item.config.stash[RUN]
        run.failed = item.name
        if run.state and run.state.exists():
            report.sections.append(("local AWS", f"its state and logs are kept in {run.state}"))
    return report


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Stop the local AWS after the last notebook, and see that no process is left."""
    if is_notebook(item) and not is_notebook(nextitem):
        stop(item.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the local AWS where the run was interrupted."""
    stop(config)


def stop(config: pytest.Config) -> None:
    """Stop the run's local AWS, if there is one."""
    if run := config.stash.get(RUN, None):
        run.stop()
