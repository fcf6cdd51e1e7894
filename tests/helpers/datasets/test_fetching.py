"""What a fetch brought is told in one line."""

from helpers.datasets.fetching import Fetched
from helpers.samples import Remark


def test_a_fetch_tells_its_counts_its_size_and_its_speed():
    fetched = Fetched(1200, 30, 50_000_000, 10.0, (Remark("a", "gone"),))
    assert repr(fetched) == "<Fetched: 1,200 new (50 MB, 10 s, 5 MB/s), 30 kept, 1 failed>"


def test_a_fetch_that_took_no_time_has_a_speed_too():
    assert "0 MB/s" in repr(Fetched(0, 3, 0, 0.0))
