"""A bucket lets through what it holds, and fills at its rate of the one clock."""

from local_aws.services.apigateway.throttles import Throttles
from local_aws.state.clock import Clock


def test_a_bucket_holds_its_burst_and_fills_at_its_rate():
    clock = Clock()
    throttles = Throttles(clock)

    def admitted(number):
        return sum(throttles.admit("a", 0.5, 3) for _ in range(number))

    assert admitted(9) == 3
    clock.advance(2)
    assert admitted(9) == 1
    clock.advance(3600)
    assert admitted(9) == 3


def test_buckets_are_apart_and_none_is_needed_without_a_rate():
    throttles = Throttles(Clock())
    assert throttles.admit("a", 0.001, 1) and not throttles.admit("a", 0.001, 1)
    assert throttles.admit("b", 0.001, 1)
    assert all(throttles.admit("c", None, None) for _ in range(99))


def test_a_bucket_without_a_burst_lets_nothing_through():
    assert not Throttles(Clock()).admit("a", 5, None)
