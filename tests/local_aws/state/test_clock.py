"""The clock only moves forward, and runs each due timer once, in order."""

import threading
import time
import weakref
from datetime import UTC, datetime, timedelta

import pytest

from local_aws.state.clock import Clock


def test_it_is_utc_in_milliseconds():
    now = Clock().now()
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)
    assert now.microsecond % 1000 == 0


def test_it_moves_forward_and_stays_there():
    clock = Clock()
    before = clock.now()
    assert clock.advance(3600) >= before + timedelta(hours=1)
    assert timedelta(0) <= clock.now() - before - timedelta(hours=1) < timedelta(seconds=30)


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan")])
def test_it_moves_by_a_number_of_seconds_or_not_at_all(seconds):
    with pytest.raises(ValueError, match="moves forward"):
        Clock().advance(seconds)


def test_what_is_due_by_then_has_happened_in_its_order_and_at_its_time():
    clock, happened = Clock(), []
    start = clock.now()
    for seconds in (300, 60, 900):
        clock.after(seconds, lambda s=seconds: happened.append((s, clock.now() - start)))
    clock.advance(600)
    assert [seconds for seconds, _ in happened] == [60, 300]
    for seconds, passed in happened:
        assert timedelta(0) <= passed - timedelta(seconds=seconds) < timedelta(seconds=30)


def test_while_it_is_moved_timers_run_one_after_the_other():
    clock, running, most = Clock(), [], []

    def act():
        running.append(1)
        clock.after(3600, list)  # wakes the clock's own thread
        time.sleep(0.1)
        most.append(len(running))
        running.pop()

    for _ in range(3):
        clock.after(60, act)
    clock.advance(100)
    assert most == [1, 1, 1]


def test_a_timer_that_waits_for_another_one_does_not_stop_the_clock(monkeypatch):
    monkeypatch.setattr("local_aws.state.clock.BLOCKED_SECONDS", 0.1)
    clock, other = Clock(), threading.Event()
    clock.after(60, lambda: other.wait(20))
    clock.after(60, other.set)
    clock.advance(100)
    assert other.is_set()


def test_what_a_timer_starts_is_timed_from_there():
    clock, happened = Clock(), []
    clock.after(60, lambda: clock.after(60, lambda: happened.append("second")))
    clock.advance(100)
    assert happened == []
    clock.advance(30)
    assert happened == ["second"]


def test_a_cancelled_timer_never_goes_off():
    clock, happened = Clock(), []
    clock.after(60, lambda: happened.append(1)).cancel()
    clock.advance(100)
    assert happened == []


def test_a_timer_goes_off_by_itself_too():
    clock, gone = Clock(), threading.Event()
    clock.after(3600, lambda: None)
    clock.after(0.05, gone.set)
    assert gone.wait(20)


@pytest.mark.parametrize("how", ["cancelled", "gone off"])
def test_what_a_timer_would_do_is_not_kept_after_it(how):
    class Action:
        def __call__(self):
            done.set()

    clock, done, action = Clock(), threading.Event(), Action()
    kept = weakref.ref(action)
    timer = clock.after(3600 if how == "cancelled" else 0.01, action)
    clock.after(3600, lambda: None)
    del action
    if how == "cancelled":
        timer.cancel()
    else:
        assert done.wait(20)
        del timer
    deadline = time.monotonic() + 20
    while kept() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert kept() is None


def test_who_sleeps_wakes_when_the_clock_is_moved_on():
    clock, before = Clock(), time.monotonic()
    sleeper = threading.Thread(target=clock.sleep, args=(3600,), daemon=True)
    sleeper.start()
    while not clock._due:
        time.sleep(0.01)
    assert sleeper.is_alive()
    clock.advance(3600)
    sleeper.join(10)
    assert not sleeper.is_alive() and time.monotonic() - before < 60
    clock.sleep(0)
