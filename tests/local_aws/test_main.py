"""The command line: start, stop, status, env, reset, logs."""

import os
import socket
import subprocess
import sys

import pytest

from local_aws import lifecycle
from local_aws.__main__ import main, parse_args, settings_of
from local_aws.server import LocalAws
from tests.local_cloud import write_log
from tests.places import ROOT
from tools.course_run import free_port


@pytest.fixture
def state(tmp_path):
    yield tmp_path / "state"
    lifecycle.stop(tmp_path / "state")


@pytest.fixture
def run(state, capsys):
    """Return a function that runs a command and returns its exit code and its output."""

    def run(*words):
        code = main(["--state", str(state), *words])
        return code, "".join(capsys.readouterr())

    return run


def test_a_command_imports_no_engine_and_no_library_of_aws_to_start_a_server():
    code = "import sys, local_aws.__main__; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    modules = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not {"botocore", "local_aws.parts", "local_aws.services"} & set(modules.split())


def test_the_policies_to_enforce_are_files_wherever_the_server_starts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    args = parse_args(["start", "--enforce", "a.json", "b.json"])
    assert settings_of(args).policies == (tmp_path / "a.json", tmp_path / "b.json")
    assert settings_of(parse_args(["start"])).policies == ()


@pytest.mark.slow
def test_start_status_stop_tell_what_is(run, state):
    port = str(free_port())
    assert run("status")[0] == 1 and "start" in run("status")[1]
    code, printed = run("start", "--port", port)
    assert code == 0 and f"http://127.0.0.1:{port}" in printed
    code, printed = run("status")
    assert code == 0 and port in printed and str(state) in printed
    assert run("stop") == (0, "The local AWS has stopped\n")
    assert run("stop") == (0, "The local AWS does not run\n")


@pytest.mark.slow
def test_a_busy_port_ends_start_with_what_to_do(run):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        code, printed = run("start", "--port", str(busy.getsockname()[1]))
    assert code == 1 and "is busy" in printed and "Traceback" not in printed


def test_env_points_a_shell_at_the_server(run, state):
    with LocalAws(state) as aws:
        code, printed = run("env")
    script = f'{printed}\necho "$AWS_PROFILE|$AWS_ENDPOINT_URL|$AWS_ACCESS_KEY_ID"'
    shell = {"AWS_PROFILE": "mine", "PATH": os.defpath}
    done = subprocess.run(["sh", "-c", script], env=shell, capture_output=True, text=True)
    assert code == 0
    assert done.stdout.strip() == f"|{aws.context.url}|{aws.context.access_key}"


def test_env_without_a_server_says_how_to_start_one(run):
    code, printed = run("env")
    assert code == 1 and "python -m local_aws start" in printed


@pytest.mark.slow
def test_reset_stops_the_server_and_deletes_its_state(run, state):
    run("start", "--port", str(free_port()))
    assert run("reset")[0] == 0
    assert not state.exists() and run("reset")[0] == 0


def test_reset_leaves_a_folder_alone_that_is_no_state(run, state):
    (state / "photos").mkdir(parents=True)
    code, printed = run("reset")
    assert code == 1 and "left alone" in printed and (state / "photos").exists()


def test_logs_prints_what_a_job_said_in_order(run, state):
    with LocalAws(state) as aws:
        for host, line in [("algo-1", "first"), ("algo-2", "second"), ("algo-1", "third")]:
            write_log(aws, "/aws/sagemaker/TrainingJobs", f"birds-1/{host}", [line])
        write_log(aws, "/aws/sagemaker/TrainingJobs", "birds-2/algo-1", ["other"])
    code, printed = run("logs", "birds-1")
    assert code == 0 and sorted(printed.split()) == ["first", "second", "third"]
    assert printed.index("first") < printed.index("third")


def test_logs_are_found_by_names_that_no_file_has(run, state):
    with LocalAws(state) as aws:
        for name in ("..", "x" * 511 + "y"):
            write_log(aws, "../group", name, [f"of {name[-2:]}"])
    assert run("logs", "../group/..") == (0, "of ..\n")
    assert run("logs", "xy") == (0, "of xy\n")


def test_logs_leaves_out_a_line_that_a_killed_server_did_not_finish(run, state):
    with LocalAws(state) as aws:
        write_log(aws, "/aws/sagemaker/TrainingJobs", "birds/algo-1", ["whole"])
    [path] = (state / "logs").rglob("*.jsonl")
    path.write_text(path.read_text() + '{"timestamp": 1, "mess')
    assert run("logs", "birds") == (0, "whole\n")


def test_logs_of_nobody_is_an_error_and_without_a_name_the_servers_own(run):
    code, printed = run("logs", "nobody")
    assert code == 1 and "'nobody'" in printed
    assert run("logs") == (0, "")


def test_an_environment_of_glue_that_pip_can_not_fill_ends_with_what_to_do(
    run, state, monkeypatch, tmp_path
):
    (tmp_path / "packages.txt").write_text("./no-such-folder\n")
    given = (tmp_path / "packages.txt",)
    monkeypatch.setattr("local_aws.services.glue.jobs.environments.make_own.__defaults__", given)
    code, printed = run("glue-6.0")
    assert code == 1 and "Traceback" not in printed
    assert "pip install" in printed and "run python -m local_aws glue-6.0" in printed
    assert not [*(state / "spark").iterdir()]
