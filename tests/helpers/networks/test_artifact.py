"""A model's folder keeps weights and card, and the code that serves them."""

import torch

from helpers.networks.artifact import load_artifact, ship_code
from tests.made_model import make_artifact


def test_a_saved_model_comes_back_as_it_was(tmp_path):
    folder = make_artifact(tmp_path / "model", "bins", store="jpg")
    model, card = load_artifact(folder)
    saved = torch.load(folder / "model.pt", weights_only=True)
    assert all(torch.equal(saved[name], tensor) for name, tensor in model.state_dict().items())
    assert not model.training
    assert card["version"] == 1


def test_the_inference_code_goes_along_without_the_local_aws(tmp_path):
    source = tmp_path / "source"
    scripts = ("inference.py", "train.py", "requirements.txt")
    for name in (*scripts, "helpers/predict.py", "local_aws/wire/front.py"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    ship_code(tmp_path / "model", source)
    code = tmp_path / "model" / "code"
    shipped = {str(p.relative_to(code)) for p in code.rglob("*") if p.is_file()}
    assert shipped == {"inference.py", "helpers/predict.py"}
