"""The reason of a job's failure is found in its output."""

import subprocess
import sys

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


def printed(script: str) -> list[str]:
    """Return the lines that Python prints when it runs a script that fails."""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.returncode == 1
    return run.stderr.splitlines()


HANDLED = """
import sys, traceback
try:
    1 / 0
except ZeroDivisionError:
    traceback.print_exc()
"""
GROUP = """
inner = ExceptionGroup('b', [OSError('c')])
raise ExceptionGroup('two shards failed', [ValueError('a'), inner])
"""
CHAINED = """
try:
    {}['a']
except KeyError as error:
    raise ValueError('no label') from error
"""


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (
            "raise ValueError('bad rows:\\n  row 7\\n  row 9')",
            "ValueError: bad rows:\n  row 7\n  row 9",
        ),
        ("e = KeyError('a'); e.add_note('in shard 12'); raise e", "KeyError: 'a'\nin shard 12"),
        (CHAINED, "ValueError: no label"),
        (HANDLED + "sys.exit('No samples')", "ZeroDivisionError: division by zero\nNo samples"),
        (
            HANDLED + "print(*range(99), sep='\\n', file=sys.stderr); sys.exit('No samples')",
            "ZeroDivisionError: division by zero\n…\nNo samples",
        ),
        ("def f(): f()\nf()", "RecursionError: maximum recursion depth exceeded"),
        ("f(", "SyntaxError: '(' was never closed"),
        ("class Odd(Exception): pass\nraise Odd('row 7')", "Odd: row 7"),
        (
            GROUP,
            "ExceptionGroup: two shards failed (2 sub-exceptions)\nValueError: a\n"
            "ExceptionGroup: b (1 sub-exception)\nOSError: c",
        ),
    ],
)
@pytest.mark.parametrize("prefix", ["", "[rank0]: "])
def test_all_that_python_prints_of_an_exception_is_the_reason(script, reason, prefix):
    lines = [prefix + line for line in printed(script)]
    assert last_error(["Traceback (most recent call last):", "KeyError: 'old'", *lines]) == reason


def test_what_torchrun_prints_below_the_scripts_error_is_not_in_the_reason():
    lines = [
        *(f"[rank1]: {line}" for line in printed("raise ValueError('bad:\\n row 7')")),
        "E1126 01:02:03.400000 77 torch/distributed/elastic/multiprocessing/api.py:1] failed",
        "Traceback (most recent call last):",
        '  File "/opt/bin/torchrun", line 8, in <module>',
        "torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ",
        "============================================================",
        "train.py FAILED",
        "+++ exit 1",
    ]
    assert last_error(lines) == "ValueError: bad:\n row 7"


def test_a_traceback_that_others_lines_interrupt_is_read_on():
    noise = "E1126 01:02:03.400000 77 torch/distributed/elastic/multiprocessing/api.py:1] failed"
    header = "Traceback (most recent call last):"
    assert last_error([header, noise, '  File "a.py", line 1', "KeyError: 'a'"]) == "KeyError: 'a'"
    assert last_error([header, noise]) is None


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
