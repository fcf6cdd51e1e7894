"""The rules of faults: which request meets which, how often, and the same for one seed."""

import pytest

from local_aws.state.faults import Fault, Faults


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "broken"},
        {"kind": "slow", "share": 0},
        {"kind": "slow", "share": 1.5},
        {"kind": "slow", "seconds": -1},
        {"kind": "slow", "bytes_per_second": -1},
    ],
)
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(ValueError):
        Fault(**rule)


def test_without_rules_nothing_happens():
    assert Faults().draw("slow", "s3", "GetObject") is None


@pytest.mark.parametrize(
    "service, operation, meets",
    [("s3", "GetObject", True), ("s3", "PutObject", False), ("athena", "GetObject", False)],
)
def test_a_rule_fits_by_service_and_operation(service, operation, meets):
    faults = Faults()
    faults.set([Fault("throttled", "s3", "Get*")])
    assert bool(faults.draw("throttled", service, operation)) is meets
    assert faults.draw("dropped", service, operation) is None


def test_a_rule_ends_after_its_times():
    faults = Faults()
    faults.set([Fault("dropped", times=2)])
    drawn = [bool(faults.draw("dropped", "s3", "GetObject")) for _ in range(4)]
    assert drawn == [True, True, False, False]


def test_the_same_seed_gives_the_same_faults_and_their_share():
    def draw(seed):
        faults = Faults()
        faults.set([Fault("dropped", share=0.25)], seed)
        return [bool(faults.draw("dropped", "s3", "GetObject")) for _ in range(2000)]

    assert draw(1) == draw(1) != draw(2)
    assert 400 < sum(draw(1)) < 600


def test_setting_none_switches_them_off():
    faults = Faults()
    faults.set([Fault("dropped")])
    faults.set([])
    assert faults.rules == () and faults.draw("dropped", "s3", "GetObject") is None


def test_changes_are_late_by_the_seconds_of_the_rule_that_fits():
    faults = Faults()
    faults.set([Fault("lagging", "sagemaker", "List*", seconds=4)])
    assert faults.lag("sagemaker", "ListModels") == 4
    assert faults.lag("sagemaker", "DescribeEndpoint") == faults.lag("logs", "ListModels") == 0
