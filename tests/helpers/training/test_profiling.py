import json
import time

import pytest

from helpers.training.profiling import PHASES, SKIPPED, StepProfile, covered, phase, step_shares


@pytest.mark.parametrize(
    "spans, length",
    [([], 0), ([(0, 5)], 5), ([(0, 5), (2, 3)], 5), ([(4, 6), (0, 5), (9, 10)], 7)],
)
def test_spans_that_overlap_count_once(spans, length):
    assert covered(spans) == length


def test_shares_add_up_to_the_step_and_reductions_stand_beside_them():
    spans = [("step", 0, 100), ("step", 200, 300)]
    for begin in (0, 200):
        spans += [("phase: data", begin, begin + 10), ("phase: forward", begin + 10, begin + 40)]
        spans += [("phase: backward", begin + 40, begin + 90)]
        spans += [("gloo:all_reduce", begin + 50, begin + 70)]
        spans += [("c10d::allreduce_", begin + 50, begin + 51)]
    seconds, shares = step_shares(spans)
    assert seconds == pytest.approx(100e-6)
    assert shares["data"] == pytest.approx(0.1)
    assert shares["backward"] == pytest.approx(0.5)
    assert shares["all-reduce"] == pytest.approx(0.2)
    assert sum(shares[name] for name in (*PHASES, "other")) == pytest.approx(1)


def epoch(profile: StepProfile, batches: int) -> int:
    """Make so many steps, most of whose time is the forward pass."""
    done = 0
    for _ in profile.steps(iter(range(batches))):
        with phase("forward"):
            time.sleep(0.004)
        done += 1
    return done


def test_a_profile_says_where_the_time_went(tmp_path, capsys):
    profile = StepProfile(3, tmp_path)
    assert epoch(profile, SKIPPED + 6) == SKIPPED + 6
    assert profile.shares["forward"] > 0.5
    assert "forward" in capsys.readouterr().out
    written = json.loads((tmp_path / "profile.json").read_text())
    assert 0.004 < written["seconds_per_step"] < 0.1
    trace = json.loads((tmp_path / "trace.json").read_text())
    names = [event.get("name") for event in trace["traceEvents"]]
    assert names.count("phase: forward") == 3


@pytest.mark.parametrize("batches", [1, SKIPPED, SKIPPED + 1])
def test_no_batch_is_lost_where_an_epoch_is_short(tmp_path, batches):
    profile = StepProfile(3, tmp_path)
    assert epoch(profile, batches) == batches


def test_epochs_shorter_than_what_is_skipped_are_profiled_later(tmp_path, capsys):
    profile = StepProfile(3, tmp_path)
    for _ in range(3):
        assert epoch(profile, SKIPPED - 1) == SKIPPED - 1
    assert profile.shares["forward"] > 0.5


def test_one_profile_is_made_of_a_run(tmp_path, capsys):
    profile = StepProfile(1, tmp_path)
    epoch(profile, SKIPPED + 2)
    capsys.readouterr()
    epoch(profile, SKIPPED + 2)
    assert not capsys.readouterr().out


def test_nothing_is_profiled_unless_told(capsys):
    assert epoch(StepProfile(), 4) == 4
    assert not capsys.readouterr().out
