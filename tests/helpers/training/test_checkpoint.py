import os
import signal

import torch

from helpers.training.checkpoint import Checkpoints, StopRequest


def test_the_newest_state_comes_back(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    for number in (1, 2, 10):
        checkpoints.save({"number": number, "weights": torch.full((3,), float(number))}, number)
    state = checkpoints.load()
    assert state["number"] == 10
    assert state["weights"].tolist() == [10, 10, 10]


def test_old_states_are_forgotten(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    for number in range(5):
        checkpoints.save({"number": number}, number)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "checkpoint-000000003.pt",
        "checkpoint-000000004.pt",
    ]


def test_a_state_cut_off_is_passed_over_and_said_so(tmp_path, capsys):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save({"number": 1}, 1)
    checkpoints.save({"number": 2}, 2)
    newest = tmp_path / "checkpoint-000000002.pt"
    newest.write_bytes(newest.read_bytes()[:100])
    assert checkpoints.load() == {"number": 1}
    assert "unreadable checkpoint checkpoint-000000002.pt" in capsys.readouterr().out


def test_a_state_half_written_is_no_state(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save({"number": lambda: 1}, 1)
    assert checkpoints.attempts.warnings["checkpoint"].startswith("AttributeError")
    assert checkpoints.load() is None and not list(tmp_path.iterdir())


def test_without_a_folder_nothing_is_kept(tmp_path):
    checkpoints = Checkpoints(tmp_path / "absent", every_s=0)
    checkpoints.save({"number": 1}, 1)
    assert not checkpoints.due()
    assert checkpoints.load() is None


def test_a_checkpoint_is_due_after_its_period(tmp_path):
    assert Checkpoints(tmp_path, every_s=0).due()
    assert not Checkpoints(tmp_path, every_s=60).due()


def test_sigterm_is_a_request_and_ends_nothing():
    before = signal.getsignal(signal.SIGTERM)
    try:
        stop = StopRequest()
        assert not stop.made
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.made
    finally:
        signal.signal(signal.SIGTERM, before)
