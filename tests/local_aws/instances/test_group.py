"""A group runs a job's instances in parallel, or none if it was stopped before."""

import sys

import pytest

from local_aws.instances.group import Group, Instance


def instance(folder, code, host="algo-1"):
    return Instance(host, [sys.executable, "-c", code], {}, folder)


def run(group, *instances):
    """Run instances for at most a minute and return the outcome."""
    return group.run([*instances], 60, lambda host, line: None)


@pytest.mark.parametrize("end", ["stop", "interrupt"])
def test_a_group_that_was_ended_before_it_runs_starts_nothing(tmp_path, end):
    group = Group()
    getattr(group, end)()
    outcome = run(group, instance(tmp_path, "open('started', 'w')"))
    assert (outcome.stopped, outcome.interrupted) == (end == "stop", end == "interrupt")
    assert outcome.codes == {} and not (tmp_path / "started").exists()


def test_the_instance_that_failed_first_is_named_and_its_last_lines_are_kept(tmp_path):
    one = instance(tmp_path, "import time; time.sleep(60)")
    two = instance(tmp_path, "print('last words'); raise SystemExit(3)", "algo-2")
    outcome = run(Group(), one, two)
    assert (outcome.failed, outcome.codes["algo-2"]) == ("algo-2", 3)
    assert two.tail == ["last words"]


def test_lines_of_the_standard_error_are_kept_apart_where_somebody_takes_them(tmp_path):
    lines = []
    one = instance(tmp_path, "import sys; print('out'); print('error', file=sys.stderr)")
    one.on_error = lines.append
    assert run(Group(), one).failed is None
    assert (one.tail, one.error_tail, lines) == (["out"], ["error"], ["error"])


def test_a_group_over_its_time_is_ended_and_says_so(tmp_path):
    outcome = Group().run(
        [instance(tmp_path, "import time; time.sleep(60)")], 0.5, lambda host, line: None
    )
    assert outcome.timed_out and not outcome.stopped
