"""The reason of a job's failure is found in its output."""

import pytest

from local_aws.instances.failure_reason import failure_reason, last_error


@pytest.mark.parametrize(
    "lines, error",
    [
        (["Traceback (most recent call last):", "ValueError: no"], "ValueError: no"),
        (["[rank0]: torch.cuda.OutOfMemoryError: full"], "torch.cuda.OutOfMemoryError: full"),
        (["KeyError: 'a'", "subprocess.CalledProcessError: Command died"], "KeyError: 'a'"),
        (["KeyError: 'a'", "torch...errors.ChildFailedError:"], "KeyError: 'a'"),
        (["all is well"], None),
    ],
)
def test_the_scripts_own_error_is_found_below_its_launchers(lines, error):
    assert last_error(lines) == error


def test_what_a_launcher_wrote_down_does_not_hide_the_scripts_error():
    written = "Traceback: subprocess.CalledProcessError: Command died"
    reason = failure_reason(written, ["ValueError: no shards"], 1)
    assert reason == "AlgorithmError: ValueError: no shards, exit code: 1"


def test_a_silent_end_is_said_to_be_one():
    assert "printed nothing" in failure_reason(None, [], 2)


@pytest.mark.parametrize("code", [137, -9])
def test_a_process_or_an_instance_that_was_killed_says_by_what(code):
    reason = failure_reason(None, ["all is well"], code)
    assert reason == "AlgorithmError: the process was ended by signal 9, exit code: 137"


def test_a_rank_that_was_killed_is_the_reason_on_whichever_instance_its_peers_failed_first():
    peer = ["RuntimeError: Connection closed by peer", "+++ exit 1"]
    launcher = ["  traceback : Signal 9 (SIGKILL) received by PID 4968", "+++ exit 1"]
    for lines, other in ((peer, launcher), (launcher, peer)):
        assert "ended: Signal 9 (SIGKILL)" in failure_reason(None, lines, 1, [other])


def test_the_error_may_be_on_another_instance_than_the_first_to_end():
    reason = failure_reason(None, ["+++ exit 1"], 1, [["all well"], ["KeyError: 'a'"]])
    assert "KeyError: 'a'" in reason
