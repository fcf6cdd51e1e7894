"""Metric data are there after a restart, each in its span, and go after 15 days."""

from datetime import timedelta

import pytest

from local_aws.services.cloudwatch.metric_store import KEPT, Datum, Metric, MetricStore
from local_aws.state.clock import Clock
from tests.local_aws.full_disks import no_file_longer_than

METRIC = Metric("Birds", "songs", (("site", "a"),))


def datum(time, value=1.0, resolution=60, unit="Count", metric=METRIC):
    return Datum(metric, time, unit, resolution, ((value, 1.0),))


def sums(store, start, end, period=60):
    spans = store.spans(METRIC, start, end, period)
    return {time: samples.statistic("Sum") for (time, _), samples in spans.items()}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def minute(clock):
    """Return the beginning of a minute that lies some time ago."""
    return int(clock.now().timestamp()) // 60 * 60 - 3600


def test_data_of_a_span_are_summed_up_and_a_span_without_data_is_missing(tmp_path, clock, minute):
    store = MetricStore(tmp_path, clock)
    store.add([datum(minute), datum(minute + 59, 2), datum(minute + 120, 4)])
    assert sums(store, minute, minute + 180) == {minute: 3, minute + 120: 4}
    assert sums(store, minute, minute + 180, 180) == {minute: 7}
    assert sums(store, minute + 60, minute + 120) == {}


def test_fine_data_are_kept_by_the_second_and_others_by_the_minute(tmp_path, clock, minute):
    store = MetricStore(tmp_path, clock)
    store.add([datum(minute + 30.5, 2, 1), datum(minute + 45.5, 3)])
    assert sums(store, minute, minute + 60, 10) == {minute: 3, minute + 30: 2}


def test_each_unit_stands_for_itself(tmp_path, clock, minute):
    store = MetricStore(tmp_path, clock)
    store.add([datum(minute), datum(minute, unit="Seconds")])
    assert set(store.spans(METRIC, minute, minute + 60, 60)) == {
        (minute, "Count"),
        (minute, "Seconds"),
    }
    assert set(store.spans(METRIC, minute, minute + 60, 60, "Seconds")) == {(minute, "Seconds")}


def test_a_restart_finds_all_of_it(tmp_path, clock, minute):
    sets = Datum(METRIC, minute, "Count", 60, statistics=(2.0, 10.0, 4.0, 6.0))
    MetricStore(tmp_path, clock).add([datum(minute, 7), sets])
    samples = MetricStore(tmp_path, clock).spans(METRIC, minute, minute + 60, 60)[minute, "Count"]
    assert [samples.statistic(name) for name in ("SampleCount", "Sum", "Minimum")] == [3, 17, 4]
    assert MetricStore(tmp_path, clock).metrics() == [METRIC]


def test_old_data_go_from_the_disk_and_from_memory(tmp_path, clock, minute):
    store = MetricStore(tmp_path, clock)
    store.add([datum(minute)])
    clock.advance((KEPT + timedelta(days=1)).total_seconds())
    assert store.metrics() == [METRIC]
    other = METRIC._replace(name="other")
    store.add([datum(clock.now().timestamp(), metric=other)])
    assert store.metrics() == [other] and len(list(tmp_path.iterdir())) == 1


def test_on_a_full_disk_nothing_is_kept(tmp_path, clock, minute):
    store = MetricStore(tmp_path, clock)
    with no_file_longer_than(10), pytest.raises(OSError):
        store.add([datum(minute)])
    assert store.metrics() == [] and MetricStore(tmp_path, clock).metrics() == []
