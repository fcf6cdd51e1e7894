"""One thread for tests that train, and the signal handler that was there afterwards."""

import signal

import pytest
import torch


@pytest.fixture
def one_thread():
    """Let torch have one thread; put back that and the signal handler."""
    threads, handler = torch.get_num_threads(), signal.getsignal(signal.SIGTERM)
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
    signal.signal(signal.SIGTERM, handler)
