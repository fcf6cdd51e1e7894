"""A run that starts from a trained model has its network, its image size and its weights."""

import tarfile

import pytest
import torch

from helpers.networks.artifact import ARCHIVE, CARD, load_artifact
from helpers.networks.model import build_model
from helpers.training.initial_model import as_trained, load_weights
from scripts_train.train import parse_args
from tests.made_model import make_artifact
from tests.made_shards import LABELS


@pytest.fixture
def initial(tmp_path):
    """Return the folder of an archive, as a channel has it."""
    model, channel = make_artifact(tmp_path / "model", "bins", size=48), tmp_path / "channel"
    channel.mkdir()
    with tarfile.open(channel / ARCHIVE, "w:gz") as archive:
        archive.add(model, ".")
    return channel


def flags(initial, *more):
    return parse_args(["--data", "shards", "--initial-model", str(initial), *more])


def test_the_network_and_the_image_size_are_the_models(initial):
    args = as_trained(flags(initial), "bins")
    assert (args.model, args.width, args.image_size) == ("resnet-small", 8, 48)
    assert as_trained(flags(initial, "--image-size", "64"), "bins").image_size == 64


def test_without_an_initial_model_nothing_changes():
    args = parse_args(["--data", "shards"])
    assert as_trained(args, "bins") is args


def test_the_weights_are_the_models(initial, tmp_path):
    torch.manual_seed(1)
    model = build_model("resnet-small", 3, width=8)
    load_weights(model, initial, LABELS)
    expected = load_artifact(tmp_path / "model")[0].state_dict()
    assert all(torch.equal(expected[name], tensor) for name, tensor in model.state_dict().items())


@pytest.mark.parametrize("flag", [("--model", "resnet18"), ("--width", "8"), ("--dropout", "0.1")])
def test_a_network_beside_it_is_refused(initial, flag):
    with pytest.raises(ValueError, match=f"leave out {flag[0]}"):
        as_trained(flags(initial, *flag), "bins")


def test_a_model_of_the_other_data_set_is_refused(initial):
    with pytest.raises(ValueError, match="of bins, the shards are of birds"):
        as_trained(flags(initial), "birds")


@pytest.mark.parametrize(
    ("labels", "said"), [(["0", "1", "3"], "2, 3"), (["1", "0", "2"], "their order")]
)
def test_other_labels_are_refused(initial, labels, said):
    with pytest.raises(ValueError, match=said):
        load_weights(build_model("resnet-small", 3, width=8), initial, labels)


def test_a_channel_without_a_model_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match=f"No {ARCHIVE}"):
        as_trained(flags(tmp_path), "bins")
    assert not (tmp_path / CARD).exists()
