import json
from itertools import chain

import numpy as np
import pytest
import torch
from torch import nn

from helpers.networks.model import MODELS, build_model
from helpers.training.distributed import Ranks, choose_batch_norm, describe, write_failure
from tests.made_shards import make_shards
from tests.torchrun import ROOT, run_ranks

PROGRAM = ROOT / "tests" / "ranks_program.py"


@pytest.mark.parametrize(
    "wanted, device, backend, syncs",
    [
        ("auto", "cuda", "nccl", True),
        ("auto", "cuda", "smddp", False),
        ("auto", "cpu", "gloo", False),
        ("yes", "cuda", "smddp", True),
        ("yes", "cpu", "gloo", False),
        ("no", "cuda", "nccl", False),
    ],
)
def test_batch_norm_spans_the_ranks_where_torch_can_do_it(wanted, device, backend, syncs):
    assert choose_batch_norm(wanted, device, backend)[0] is syncs


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_batch_norm_of_a_model_is_one_that_can_span_the_ranks(name):
    """Torch's conversion changes each layer, and neither the names of weights nor the answers."""
    model = build_model(name, 3).eval()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    changed = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    layers = [
        each for each in changed.modules() if isinstance(each, nn.modules.batchnorm._NormBase)
    ]
    assert layers and {type(layer) for layer in layers} == {nn.SyncBatchNorm}
    assert changed.state_dict().keys() == before.keys()
    assert all(torch.equal(value, before[key]) for key, value in changed.state_dict().items())


def test_one_process_needs_no_launcher():
    ranks = Ranks()
    assert ranks.sum(np.array([1, 2])).tolist() == [1, 2]
    assert ranks.any(True, False) == (True, False)
    assert ranks.gather("x") == ["x"]
    assert ranks.broadcast("x") == "x"


def test_a_raise_leaves_its_reason_for_the_platform(tmp_path):
    with pytest.raises(KeyError), Ranks().guard(tmp_path / "failure"):
        raise KeyError("no such thing")
    assert (tmp_path / "failure").read_text() == "rank 0: KeyError: 'no such thing'"


def test_the_first_reason_stays_and_is_no_longer_than_the_platform_keeps(tmp_path):
    write_failure(tmp_path / "failure", "x" * 5000)
    write_failure(tmp_path / "failure", "second")
    assert (tmp_path / "failure").read_text() == "x" * 1024


def test_no_reason_is_written_where_the_platform_has_no_place_for_it(tmp_path):
    write_failure(tmp_path / "absent" / "failure", "reason")
    assert not (tmp_path / "absent").exists()


def test_a_lost_peer_is_told_in_words():
    assert "killed" in describe(RuntimeError("Connection closed by peer [127.0.0.1]:1"))
    assert describe(ValueError("closed by peer")) == "ValueError: closed by peer"


@pytest.fixture(scope="module")
def notes(tmp_path_factory) -> list[dict]:
    """Run ranks_program.py once and return what its two ranks noted."""
    folder = tmp_path_factory.mktemp("ranks")
    make_shards(folder / "shards", train=64, validation=9, test=37)
    run_ranks(PROGRAM, folder / "shards", folder, ranks=2, log=folder / "log")
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in (0, 1)]


@pytest.mark.slow
def test_ranks_exchange_values_of_any_size_in_rank_order(notes):
    for noted in notes:
        assert noted["gathered"] == ["", "long"]
        assert noted["broadcast"] == [0]


@pytest.mark.slow
def test_two_ranks_with_four_workers_evaluate_each_sample_once(notes):
    for noted in notes:
        assert noted["evaluated"] == [f"test{i:05d}" for i in range(37)]
        assert np.sum(noted["confusion"]) == 37


@pytest.mark.slow
def test_an_evaluation_that_counts_twice_is_refused(notes):
    assert all("not exact" in noted["undivided"] for noted in notes)


@pytest.mark.slow
@pytest.mark.parametrize("epoch", [0, 1])
def test_ranks_train_on_disjoint_sets_that_make_up_the_split(notes, epoch):
    first, second = (
        list(chain(*(keys for e, keys in noted["keys"] if e == epoch))) for noted in notes
    )
    assert len(set(first) | set(second)) == len(first) + len(second) == 64


@pytest.mark.slow
def test_the_learning_rate_is_equal_on_all_ranks_at_every_step(notes):
    assert notes[0]["rates"] == notes[1]["rates"]
    assert len(set(notes[0]["rates"])) > 2


@pytest.mark.slow
def test_ranks_hold_equal_weights_and_evaluate_one_model(notes):
    for name in ("weights", "buffers", "loss"):
        assert notes[0][name] == notes[1][name]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["goes_on", "finished", "stopped"])
def test_a_stop_that_one_rank_sees_is_taken_by_all(notes, name):
    assert [noted[name] for noted in notes] == [True, True]
