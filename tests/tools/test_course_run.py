"""How pytest runs the course: in order, one local AWS, no notebook after a failed one."""

import os
import signal
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.config import load_config
from helpers.session import client
from tools.course_run import ROOT, CourseRun, course_settings, scrubbed


def test_nobodys_credentials_or_settings_come_in():
    given = {"AWS_PROFILE": "a", "COURSE_CLOUD": "aws", "PATH": "/bin"}
    assert scrubbed(given) == {"PATH": "/bin"}


def test_the_tests_themselves_see_a_scrubbed_environment():
    assert scrubbed(os.environ) == dict(os.environ)


def test_a_folder_and_a_file_are_absolute_and_an_uri_stays():
    settings = course_settings({"COURSE_RAW": "sounds", "COURSE_CLOUD": "aws"})
    assert settings == {"COURSE_RAW": os.path.abspath("sounds")}
    settings = course_settings({"COURSE_TRANSCRIPT": "a.jsonl"})
    assert settings == {"COURSE_TRANSCRIPT": os.path.abspath("a.jsonl")}
    assert course_settings({"COURSE_RAW": "s3://b/p"}) == {"COURSE_RAW": "s3://b/p"}


def test_a_runs_variables_last_as_long_as_its_block():
    run = CourseRun({"COURSE_DATASET": "bins"})
    with run.environment():
        assert os.environ["COURSE_CLOUD"] == "local"
        assert os.environ["COURSE_DATASET"] == "bins"
    assert "COURSE_CLOUD" not in os.environ
    run.stop()
    assert not run.folder.exists()


@pytest.mark.slow
def test_a_run_may_have_a_cloud_that_is_late():
    run = CourseRun({"COURSE_LAG": "300"})
    with run.environment():
        assert "COURSE_LAG" not in os.environ
        config = load_config()
        sagemaker = client(config, "sagemaker")
        sagemaker.create_model_package_group(ModelPackageGroupName="new")
        listed = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    run.stop()
    assert listed == []


@pytest.fixture
def course(tmp_path):
    """Return a function that writes notebooks, runs them with this project's conftest.py."""

    def run(**sources: str) -> subprocess.CompletedProcess:
        for name, source in sources.items():
            notebook = new_notebook(cells=[new_code_cell(source)])
            nbformat.write(notebook, tmp_path / f"{name[1:]}.ipynb")
        options = ["-p", "conftest", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={tmp_path}"]
        options += ["-p", "no:cacheprovider", "--color=no"]
        command = [sys.executable, "-m", "pytest", *options, *map(str, tmp_path.glob("*.ipynb"))]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    return run


@pytest.mark.slow
def test_the_notebooks_run_in_order_on_one_local_aws(course, tmp_path):
    told = tmp_path / "told"
    tell = "import os; assert os.environ['JPY_SESSION_NAME'].endswith(('00_a.ipynb', '01_b.ipynb'))"
    tell += f"; open({str(told)!r}, 'a').write(os.environ['COURSE_LOCAL_PORT'] + ' ')"
    done = course(_01_b=f"{tell}\nassert open({str(told)!r}).read().count(' ') == 2", _00_a=tell)
    assert done.returncode == 0, done.stdout
    first, second = told.read_text().split()
    assert first == second


@pytest.mark.slow
def test_no_notebook_runs_after_one_that_failed(course, tmp_path):
    done = course(
        _00_a="1", _01_b="1 / 0", _02_c=f"open({str(tmp_path / 'ran')!r}, 'w')", _03_d="1"
    )
    assert done.returncode == 1
    assert "1 failed, 1 passed, 2 skipped" in done.stdout
    assert "not run, because 01_b.ipynb failed" in done.stdout
    assert not (tmp_path / "ran").exists()


@pytest.mark.slow
def test_a_process_that_a_notebook_leaves_behind_fails_the_run(course, tmp_path):
    leave = "import subprocess\nleft = subprocess.Popen(['sleep', '60'], start_new_session=True)"
    told = tmp_path / "told"
    done = course(_00_a=f"{leave}\nopen({str(told)!r}, 'w').write(str(left.pid))")
    os.kill(int(told.read_text()), signal.SIGKILL)
    assert done.returncode == 1
    assert "The course left processes behind" in done.stdout
