"""The core of a search, with jobs that are over at once."""

from dataclasses import replace

import pytest
from sagemaker.core.parameter import ContinuousParameter, IntegerParameter

from helpers.tuning.search import Search, SearchFailed

RANGES = {"x": ContinuousParameter(0.0, 1.0), "n": IntegerParameter(1, 8)}
DEFAULT = {"x": 0.1, "n": 4}


class Memory:
    """Records in memory."""

    def __init__(self):
        self.state = None

    def load(self):
        return self.state

    def save(self, state):
        self.state = state


class Jobs:
    """Jobs that are over at once; the best is at x = 0.7."""

    def __init__(self, fails=(), interrupted_at=None):
        self.started, self.fails, self.interrupted_at = [], fails, interrupted_at

    def start(self, params):
        self.started.append(params)
        return f"job-{params['x']:.3f}"

    def finish(self, trial):
        if trial.number == self.interrupted_at:
            raise KeyboardInterrupt
        if trial.number in self.fails:
            return replace(trial, status="Failed", reason="AlgorithmError: no")
        value = 1 - (trial.params["x"] - 0.7) ** 2
        return replace(trial, status="Completed", value=value, billable_seconds=10, cost=0.01)


def make(records, **options):
    return Search("sweep", RANGES, records, objective="accuracy", **{"seed": 1, **options})


def search(records, trials, jobs=None, **options):
    jobs = jobs or Jobs()
    return make(records, **options).run(jobs.start, jobs.finish, trials, first=DEFAULT)


def test_the_first_trial_has_the_given_settings_and_the_best_beats_it():
    done = search(Memory(), 8)
    assert done.trials[0].params == DEFAULT
    assert done.best.value > done.trials[0].value
    assert len(done.trials) == 8


def test_a_stopped_search_goes_on_as_if_it_had_never_stopped():
    records = Memory()
    search(records, 3)
    resumed, through = search(records, 6), search(Memory(), 6)
    assert resumed.trials == through.trials


def test_the_choices_follow_from_the_seed():
    def choices(seed):
        jobs = Jobs()
        make(Memory(), seed=seed).run(jobs.start, jobs.finish, 6)
        return jobs.started

    assert choices(1) == choices(1) != choices(2)


def test_the_choices_after_the_first_follow_from_the_results():
    def choices(sign):
        def finish(trial):
            return replace(trial, status="Completed", value=sign * trial.params["x"])

        return [trial.params for trial in make(Memory()).run(Jobs().start, finish, 8).trials]

    assert choices(1)[:3] == choices(-1)[:3]
    assert choices(1)[3:] != choices(-1)[3:]


def test_settings_outside_of_their_range_are_refused():
    jobs = Jobs()
    with pytest.raises(ValueError, match="n=9 lies outside of 1 to 8"):
        make(Memory()).run(jobs.start, jobs.finish, 1, first={"x": 0.1, "n": 9})
    assert not jobs.started


def test_no_trial_that_is_done_is_run_again():
    records, jobs = Memory(), Jobs()
    search(records, 3)
    search(records, 5, jobs)
    assert len(jobs.started) == 2
    assert make(records).run(jobs.start, jobs.finish, 5).trials == make(records).trials
    assert len(jobs.started) == 2


def test_a_trial_that_was_running_when_the_search_stopped_is_waited_for():
    records = Memory()
    with pytest.raises(KeyboardInterrupt):
        search(records, 6, Jobs(interrupted_at=2))
    assert records.state["trials"][2]["status"] == "InProgress"
    assert search(records, 6).trials == search(Memory(), 6).trials


def test_a_job_that_cannot_be_started_leaves_a_search_that_goes_on():
    def broken(params):
        raise RuntimeError("no such image")

    records, jobs = Memory(), Jobs()
    begun = search(records, 2)
    with pytest.raises(RuntimeError, match="no such image"):
        begun.run(broken, jobs.finish, 4)
    begun.run(jobs.start, jobs.finish, 4)
    assert make(records).trials == search(Memory(), 4).trials


def test_a_failed_trial_is_kept_and_the_search_goes_on():
    done = search(Memory(), 5, Jobs(fails={1, 2}))
    assert [trial.status for trial in done.trials].count("Failed") == 2
    assert done.best.value is not None


def test_a_search_whose_first_trials_all_fail_says_why():
    with pytest.raises(SearchFailed, match="3 trials.*job-0.*: AlgorithmError: no"):
        search(Memory(), 9, Jobs(fails=range(9)))


def test_the_smallest_value_is_best_where_less_is_better():
    done = search(Memory(), 4, maximize=False)
    assert done.best.value == min(trial.value for trial in done.trials)


def test_records_of_another_search_are_refused():
    records = Memory()
    search(records, 1)
    other = {**RANGES, "x": ContinuousParameter(0.0, 2.0)}
    with pytest.raises(ValueError, match="another ranges: give the new search another name"):
        Search("sweep", other, records, objective="accuracy", seed=1)


def test_it_says_what_it_found_and_what_it_cost():
    text = repr(search(Memory(), 2))
    assert text.startswith("<Search sweep: 2 trials, best accuracy 0.")
    assert text.endswith("; 20 billable seconds, $0.02>")
    assert repr(make(Memory())) == "<Search sweep: 0 trials>"
