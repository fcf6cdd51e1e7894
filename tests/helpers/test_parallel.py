"""Work in threads ends at its first error."""

import pytest

from helpers.parallel import run_parallel


def test_the_first_error_ends_parallel_work():
    done = []

    def work(item):
        if item == 3:
            raise OSError("full disk")
        done.append(item)

    with pytest.raises(OSError, match="full disk"):
        run_parallel(work, range(10_000), threads=2, title="", total=10_000)
    assert len(done) < 100
