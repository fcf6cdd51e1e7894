"""Progress knows the best epoch, and the clock how long the training waited."""

import time

import pytest

from helpers.training.progress import Progress, WaitClock

HISTORY = [{"loss": 3}, {"loss": 1}, {"loss": 2}]


@pytest.mark.parametrize("best, row", [(2, {"loss": 1}), (0, {"loss": 2})])
def test_the_best_row_is_the_best_epochs_or_the_last(best, row):
    progress = Progress(history=HISTORY, best_epoch=best)
    assert progress.best_row() == {"best_epoch": best, "validation": row}


def test_a_run_says_where_it_is():
    text = str(Progress(epoch=1, step=7, best_epoch=1))
    assert text == "epoch 2, step 7, best epoch so far 1"


def test_the_time_until_a_batch_comes_is_waited_and_the_time_of_its_use_is_not():
    def slow():
        for number in range(3):
            time.sleep(0.03)
            yield number

    clock, batches = WaitClock(slow()), []
    for batch in clock:
        batches.append(batch)
        time.sleep(0.06)
    numbers = clock.numbers(samples=30)
    assert batches == [0, 1, 2]
    assert 0.09 <= clock.waited < numbers["seconds"] - 0.17
    assert numbers["samples_per_second"] == pytest.approx(30 / numbers["seconds"], rel=0.01)
    assert 0.1 < numbers["data_wait"] < 0.7
