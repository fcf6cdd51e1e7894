"""A step's earlier run is found by the arguments that decide its result, and by its age."""

from datetime import UTC, datetime, timedelta

import pytest

from local_aws.services.sagemaker.pipelines.caching import age, hit, key

NOW = datetime(2026, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "hours"),
    [("p30d", 720), ("P4DT12H", 108), ("T12H", 12), ("P1W", 168), ("PT90M", 1.5), ("soon", None),
     ("", None), ("P", None)],
)  # fmt: skip
def test_a_duration_is_read(words, hours):
    assert age(words) == (None if hours is None else timedelta(hours=hours))


def test_a_key_has_what_decides_the_result():
    request = {"HyperParameters": {"a": "1"}, "Tags": []}
    same = key("Training", ("HyperParameters",), {**request, "Tags": [1]})
    assert key("Training", ("HyperParameters",), request) == same
    assert key("Training", (), request) != key("Training", (), {**request, "Tags": [1]})
    assert key("Training", (), {}) != key("Processing", (), {})


def run(days, **more):
    record = {"_cache": "k", "StepStatus": "Succeeded", "StartTime": NOW - timedelta(days=days)}
    return {**record, **more}


def test_the_newest_fitting_run_is_taken():
    runs = [run(3), run(2), run(1, StepStatus="Failed"), run(1, _cache="x")]
    assert hit([*runs, run(0, CacheHitResult={})], "k", None, NOW) is runs[1]
    assert hit(runs, "k", "P1D", NOW) is None
    assert hit(runs, "k", "P2D", NOW) is runs[1]
