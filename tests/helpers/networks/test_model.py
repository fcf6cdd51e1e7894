import pytest
import torch

from helpers.networks.model import MODELS, Pixels, build_model


@pytest.fixture(autouse=True)
def one_thread():
    """Threads that fight for the cores of a busy machine are slower than one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def sample_batch(name: str, size: int = 2) -> torch.Tensor:
    """Return stored samples as the model's front end takes them."""
    torch.manual_seed(0)
    if MODELS[name]["frontend"] == "log-mel":
        return torch.randint(-9000, 9000, (size, 160_000), dtype=torch.int16)
    return torch.randint(0, 256, (size, 3, 64, 64), dtype=torch.uint8)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_model_turns_stored_samples_into_logits(name):
    model = build_model(name, 5).eval()
    logits = model(sample_batch(name))
    assert logits.shape == (2, 5)
    assert logits.dtype == torch.float32
    assert logits.isfinite().all()


@pytest.mark.parametrize("name", ["resnet-small", "audio-resnet-small"])
def test_what_a_model_says_of_a_sample_does_not_depend_on_its_batch(name):
    model, batch = build_model(name, 5).eval(), sample_batch(name, 3)
    alone = torch.cat([model(sample[None]) for sample in batch])
    assert torch.allclose(model(batch), alone, atol=1e-5)


@pytest.mark.parametrize(
    "name, parameters, some",
    [
        ("resnet34", 21_797_672, {"layer2.0.downsample.1.running_mean", "fc.bias"}),
        ("resnet18", 11_689_512, {"conv1.weight", "layer4.1.bn2.bias"}),
        # torchvision's takes 3 channels, ours the one of a log-mel: 576 weights less
        (
            "audio-efficientnet-b0",
            5_288_548 - 576,
            {
                "features.0.0.weight",
                "features.1.0.block.1.fc2.bias",
                "features.4.2.block.3.1.running_var",
                "features.8.1.weight",
                "classifier.1.weight",
            },
        ),
    ],
)
def test_parameters_are_as_torchvisions(name, parameters, some):
    model = build_model(name, 1000)
    assert sum(p.numel() for p in model.parameters()) == parameters
    names = set(model.state_dict())
    assert some <= names
    assert not [name for name in names if name.startswith("frontend") and "mel" not in name]


def test_settings_build_an_equal_network():
    model = build_model("resnet-small", 4, width=8, dropout=0.3)
    again = build_model(model.settings["name"], model.settings["classes"], **model.settings["args"])
    again.load_state_dict(model.state_dict())
    assert again.dropout.p == 0.3
    assert again.settings == model.settings


def test_an_unknown_model_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match="No model named 'vgg'; there are .*resnet34"):
        build_model("vgg", 2)


def test_bytes_and_floats_of_a_photo_are_one_input():
    photo = torch.randint(0, 256, (1, 3, 8, 8), dtype=torch.uint8)
    assert torch.equal(Pixels()(photo), Pixels()(photo.float() / 255))


def test_a_mean_photo_becomes_zero():
    photo = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1).expand(1, 3, 4, 4)
    assert Pixels()(photo).abs().max() < 1e-6


def test_augmentation_works_in_training_only():
    model, batch = build_model("resnet-small", 3), sample_batch("resnet-small")
    model.augment = lambda inputs: inputs * 0
    assert model.train()(batch).std(0).max() < 1e-6
    assert model.eval()(batch).std(0).max() > 1e-4


def test_a_small_network_overfits_a_batch():
    torch.manual_seed(0)
    model = build_model("resnet-small", 3, width=8)
    batch, target = sample_batch("resnet-small", 6), torch.tensor([0, 1, 2, 0, 1, 2])
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    for _ in range(25):
        loss = torch.nn.functional.cross_entropy(model(batch), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 0.05
