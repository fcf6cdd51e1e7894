import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch.torch_version import TorchVersion

from helpers.datasets import load_dataset
from helpers.networks import onnx_graph as graph_module
from helpers.networks.model import build_model
from helpers.networks.onnx_graph import (
    GRAPH,
    Graph,
    GraphDiffers,
    check_graph,
    export_graph,
    softmax,
)
from helpers.predict import Predictor
from tests.made_model import make_artifact
from tests.made_shards import clip, photo
from tests.torchrun import environment


def stored(dataset: str, rows: int, seed: int = 0) -> torch.Tensor:
    """Return samples as a shard has them: noise with a silent sample among it."""
    rng = np.random.default_rng(seed)
    if dataset == "bins":
        return torch.from_numpy(rng.integers(0, 256, (rows, 3, 32, 32)).astype(np.uint8))
    waves = rng.normal(0, 3000, (rows, 160_000)).clip(-32768, 32767).astype(np.int16)
    waves[-1] = 0
    return torch.from_numpy(waves)


@pytest.fixture(scope="module", params=["birds", "bins"])
def exported(request, tmp_path_factory) -> tuple[str, torch.nn.Module, Path]:
    """Return a data set, its network with used batch norm, and the folder of its graph."""
    folder = tmp_path_factory.mktemp(request.param)
    torch.manual_seed(0)
    model = build_model(load_dataset(request.param).training_defaults["model"], 4, width=8)
    with torch.no_grad():
        model(stored(request.param, 6, seed=1))  # training mode: statistics are no longer 0 and 1
    export_graph(model, stored(request.param, 2), folder / GRAPH)
    return request.param, model.eval(), folder


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_a_graph_says_what_the_network_says_of_any_batch(exported, rows):
    dataset, model, folder = exported
    samples = stored(dataset, rows, seed=rows)
    with torch.inference_mode():
        expected = model(samples).softmax(1)
    assert np.abs(Graph(folder / GRAPH)(samples.numpy()) - expected.numpy()).max() < 1e-4


def test_a_graph_takes_what_lies_in_a_shard(exported):
    dataset, _, folder = exported
    graph = onnx.load(folder / GRAPH)
    onnx.checker.check_model(graph)
    (given,) = graph.graph.input
    kinds = {"birds": onnx.TensorProto.INT16, "bins": onnx.TensorProto.UINT8}
    assert given.type.tensor_type.elem_type == kinds[dataset]
    batch, *shape = given.type.tensor_type.shape.dim
    assert batch.dim_param and [side.dim_value for side in shape] == list(
        stored(dataset, 1).shape[1:]
    )


def test_a_graph_of_other_weights_is_found_out(exported):
    dataset, model, folder = exported
    samples = stored(dataset, 3)
    with torch.inference_mode():
        expected = softmax(model(samples).numpy())
    check_graph(Graph(folder / GRAPH), samples.numpy(), expected)
    with pytest.raises(GraphDiffers, match="away from the network"):
        check_graph(Graph(folder / GRAPH), samples.numpy(), expected + 2e-4)


def test_a_network_that_says_nan_is_no_match(exported):
    dataset, _, folder = exported
    with pytest.raises(GraphDiffers, match="nan"):
        check_graph(Graph(folder / GRAPH), stored(dataset, 2).numpy(), np.full((2, 4), np.nan))


def test_one_sample_is_enough_to_export(exported, tmp_path):
    dataset, model, _ = exported
    if dataset == "bins":
        export_graph(model, stored(dataset, 1), tmp_path / GRAPH)
        assert Graph(tmp_path / GRAPH)(stored(dataset, 3).numpy()).shape == (3, 4)


def with_graph(folder: Path, dataset: str, **card: object) -> Path:
    """Write a model of a data set with its graph, as train.py does."""
    make_artifact(folder, dataset, **card)
    torch.manual_seed(0)
    model = build_model(load_dataset(dataset).training_defaults["model"], 3, width=8)
    export_graph(model, stored(dataset, 2), folder / GRAPH)
    return folder


@pytest.mark.parametrize(
    "dataset, make, card",
    [("birds", clip, {"store": "flac"}), ("bins", photo, {"store": "jpg", "size": 32})],
)
def test_an_answer_is_the_same_by_graph_and_by_weights(tmp_path, capsys, dataset, make, card):
    folder, data = with_graph(tmp_path, dataset, **card), make(1, np.random.default_rng(0))
    graph, weights = (Predictor.load(folder, graph=by).predict(data) for by in (True, False))
    assert graph["probabilities"] == pytest.approx(weights["probabilities"], abs=1e-4)
    assert "weights answer" not in capsys.readouterr().out


def test_a_model_without_a_graph_is_answered_by_its_weights_and_says_so(tmp_path, capsys):
    bins = Predictor.load(make_artifact(tmp_path, "bins", store="jpg", size=32))
    assert "No model.onnx in the model: the weights answer" in capsys.readouterr().out
    assert bins.predict(photo(0, np.random.default_rng(0)))["label"] in "012"


def test_an_endpoint_with_a_graph_does_not_load_torch(tmp_path):
    with_graph(tmp_path, "bins", store="jpg", size=32)
    (tmp_path / "photo.jpg").write_bytes(photo(0, np.random.default_rng(0)))
    code = (
        "import sys; from pathlib import Path; from helpers.predict import Predictor\n"
        "print(Predictor.load('.').predict(Path('photo.jpg').read_bytes())['label'])\n"
        "print('torch' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert run.stdout.split()[1:] == ["False"], run.stderr


def test_a_model_without_a_graph_or_torch_says_what_is_missing(tmp_path):
    make_artifact(tmp_path, "bins", store="jpg", size=32)
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from helpers.predict import Predictor; Predictor.load('.')"
    )
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert "has no model.onnx" in run.stderr and "there is no torch here" in run.stderr


def test_the_reason_why_there_is_no_graph_is_told(tmp_path, capsys):
    make_artifact(tmp_path, "bins", store="jpg", size=32, warnings={"graph": "OSError: full"})
    Predictor.load(tmp_path)
    assert "the weights answer, by torch (OSError: full)" in capsys.readouterr().out


@pytest.mark.parametrize("version, older", [("2.3.0", 1), ("2.6.0+cu124", 1), ("2.10.0", 0)])
def test_an_older_torch_exports_by_its_own_exporter(version, older, tmp_path, monkeypatch):
    calls, export = [], graph_module._export
    older_one = {"_export_by_tracing": lambda *args: calls.append(args) or export(*args)}
    monkeypatch.setattr(graph_module, *older_one.popitem())
    monkeypatch.setattr(torch, "__version__", TorchVersion(version))
    export_graph(build_model("resnet-small", 3, width=8), stored("bins", 2), tmp_path / GRAPH)
    assert len(calls) == older


def test_a_graph_that_differs_is_not_left_behind(exported, tmp_path, monkeypatch):
    dataset, model, _ = exported
    monkeypatch.setattr(graph_module, "TOLERANCE", -1.0)
    if dataset == "bins":
        with pytest.raises(GraphDiffers):
            export_graph(model, stored(dataset, 2), tmp_path / GRAPH)
        assert not list(tmp_path.iterdir())
