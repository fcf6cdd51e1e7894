"""Sends each media file of a folder to an endpoint and holds the answer against offline prediction.

python -m tools.real_answers FOLDER                      an endpoint of a local AWS, for each data
                                                         set that takes files of the folder
python -m tools.real_answers FOLDER --gateway            through a REST API in front of it
python -m tools.real_answers FOLDER --model MODEL        with this model.tar.gz, not an untrained
                                                         network: the files of its data set
python -m tools.real_answers FOLDER --model MODEL --url URL --header 'x-api-key: KEY'
                                                         by HTTP, as through an API Gateway, to the
                                                         endpoint that already serves this model

It prints a row for each file and ends with 1 if an answer differs. A file that gives no sample must
be refused with the reason that offline prediction has. Nothing of the folder is copied.
"""

import argparse
import io
import json
import mimetypes
import shutil
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.bucket import make_bucket
from helpers.config import Config, load_config
from helpers.container_images import serving_image
from helpers.datasets import NAMES, load_dataset
from helpers.endpoints import Refused, ask, make_model, serve, wait_in_service
from helpers.gateway import Limits, make_gateway
from helpers.gateway_calls import ask_signed
from helpers.job_code import ship
from helpers.networks.artifact import load_artifact, load_card, save_artifact
from helpers.networks.model import build_model
from helpers.networks.onnx_graph import GRAPH, export_graph
from helpers.predict import OTHER_NAMES, Predictor
from helpers.roles import make_role
from helpers.samples import Unreadable
from helpers.session import client
from tools.course_run import CourseRun

MOST_BYTES = 6_291_456
"""Of a request: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html"""
Ask = Callable[[bytes, str], dict]
"""From a file's bytes and their type to the endpoint's answer; raises Refused."""


@dataclass(frozen=True)
class Comparison:
    """One file, with what the endpoint and offline prediction say of it."""

    path: Path
    result: str
    """`equal`, `refused by both`, `too large for a request`, or how they differ."""
    label: str = ""

    @property
    def differs(self) -> bool:
        """Whether the endpoint does not answer as offline prediction does."""
        return self.result.startswith("differs")

    def __str__(self) -> str:
        return f"{self.path.stat().st_size:>10,} B  {self.label:<12.12}  {self.result}  {self.path}"


def media(folder: Path, dataset: str) -> list[Path]:
    """Return the files of a folder whose type a data set takes."""
    taken = load_dataset(dataset).content_types
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and kind(path) in taken]


def kind(path: Path) -> str:
    """Return the content type of a file by its name, as the data sets call it."""
    guessed = mimetypes.guess_type(path.name)[0] or ""
    return OTHER_NAMES.get(guessed, guessed)


def compare(path: Path, predictor: Predictor, ask: Ask) -> Comparison:
    """Ask the endpoint and offline prediction about one file."""
    if path.stat().st_size > MOST_BYTES:
        return Comparison(path, "too large for a request")
    data = path.read_bytes()
    try:
        offline = predictor.predict(data)
    except Unreadable as error:
        offline = error
    try:
        answer = ask(data, kind(path))
    except Refused as error:
        answer = error
    if isinstance(offline, Unreadable) or isinstance(answer, Refused):
        both = isinstance(offline, Unreadable) and str(offline) in str(answer)
        words = f"refused by both: {offline}" if both else f"differs: {answer!r}, not {offline!r}"
        return Comparison(path, words)
    if answer != json.loads(json.dumps(offline)):
        return Comparison(path, f"differs: {answer}, not {offline}", offline["label"])
    return Comparison(path, "equal", offline["label"])


@contextmanager
def endpoint(dataset: str, archive: Path, door: bool) -> Iterator[Ask]:
    """Serve a model's archive on a local AWS of its own, and yield what asks it.

    Args:
        door: ask through a REST API in front of the endpoint.
    """
    run = CourseRun({"COURSE_DATASET": dataset})
    try:
        with run.environment():
            config = load_config()
            make_bucket(config)
            make_role(config)
            uri = config.uri("real-answers", "model.tar.gz")
            key = config.key("real-answers", "model.tar.gz")
            client(config, "s3").upload_file(str(archive), config.bucket, key)
            make_model(config, config.name, serving_image(config), uri)
            serve(config, config.name, config.name, "ml.m5.large")
            wait_in_service(config, config.name)
            if door:
                yield by_gateway(config)
            else:
                yield lambda data, content_type: ask(config, config.name, data, content_type)
    finally:
        run.stop()


def by_gateway(config: Config) -> Ask:
    """Make a REST API in front of the endpoint, and return what sends it signed requests."""
    limits = Limits(all_rate=1000, all_burst=1000)  # no file waits for another
    gateway = make_gateway(config, config.name, "<p>no page</p>", limits)

    def ask_gateway(data: bytes, content_type: str) -> dict:
        reply = ask_signed(config, gateway, data, content_type)
        if reply.status != 200:
            raise Refused(f"{reply.status}: {json.dumps(reply.content, ensure_ascii=False)}")
        return reply.content

    return ask_gateway


def by_http(url: str, headers: list[str]) -> Ask:
    """Return what asks an address that takes a file's bytes, such as an API Gateway's."""
    named = dict(header.split(": ", 1) for header in headers)

    def ask_url(data: bytes, content_type: str) -> dict:
        sent = {"Accept": "application/json", **named, "Content-Type": content_type}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data, sent)) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(f"{error.code}: {error.read().decode(errors='replace')}") from None

    return ask_url


def untrained(dataset: str, files: list[Path], base: Path) -> Path:
    """Write the archive of an untrained network, its graph and its code, as train.py does.

    Args:
        files: the first that gives samples says what shape they have.
    """
    import torch

    chosen, model = load_dataset(dataset), base / "model"
    labels = list(chosen.labels or "012345")
    network = build_model(chosen.training_defaults["model"], len(labels))
    card = {"dataset": dataset, "labels": labels, "model": network.settings}
    save_artifact(model, network.state_dict(), {**card, "store": chosen.stores[0]})
    samples = torch.from_numpy(np.stack(first_samples(dataset, files)))
    export_graph(load_artifact(model)[0], samples, model / GRAPH)
    shutil.copytree(ship("scripts_inference/inference.py"), model / "code")
    archive = base / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(model, ".")
    return archive


def first_samples(dataset: str, files: list[Path]) -> list[np.ndarray]:
    """Return the samples of the first file that has some.

    Raises:
        ValueError: none has.
    """
    chosen = load_dataset(dataset)
    for path in files:
        with suppress(Unreadable):
            return chosen.inputs(path.read_bytes(), chosen.stores[0]).arrays
    raise ValueError(f"No file gives a sample of {dataset}: give --model")


def compare_all(
    dataset: str, files: list[Path], archive: Path, ask: Ask | None, door: bool
) -> bool:
    """Compare all files of one data set, and print them; return whether all are equal.

    Args:
        ask: None for an endpoint of a local AWS; `door` is that of `endpoint`.
    """
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as tar:
            tar.extractall(folder, filter="data")
        predictor = Predictor.load(folder)
        if ask:
            rows = [compare(path, predictor, ask) for path in files]
        else:
            with endpoint(dataset, archive, door) as local:
                rows = [compare(path, predictor, local) for path in files]
    print(*rows, sep="\n")
    counts = {word: sum(row.result.startswith(word) for row in rows) for word in WORDS}
    print(f"{dataset}: {len(rows)} files;", ", ".join(f"{n} {word}" for word, n in counts.items()))
    return not any(row.differs for row in rows)


WORDS = ("equal", "refused by both", "too large", "differs")


def main() -> int:
    """Compare a folder's files, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="folder of recordings or photos")
    parser.add_argument("--model", type=Path, help="a model.tar.gz that train.py made")
    parser.add_argument("--url", help="address that passes a file on to an endpoint of --model")
    parser.add_argument(
        "--header", action="append", default=[], help="one for --url, 'name: value'"
    )
    parser.add_argument("--gateway", action="store_true", help="ask through a REST API")
    args = parser.parse_args()
    if args.url and not args.model:
        parser.error("--url needs --model: else there is nothing to compare with")
    with tempfile.TemporaryDirectory() as base:
        if args.model:
            with tarfile.open(args.model) as tar:
                tar.extractall(base, filter="data")
        datasets = [load_card(Path(base))["dataset"]] if args.model else NAMES
        chosen = {name: files for name in datasets if (files := media(args.folder, name))}
        if not chosen:
            parser.error(f"{args.folder} has no file that {' or '.join(datasets)} takes")
        ask_url = by_http(args.url, args.header) if args.url else None
        equal = []
        for name, files in chosen.items():
            archive = args.model or untrained(name, files, Path(base) / name)
            equal.append(compare_all(name, files, archive, ask_url, args.gateway))
    return 0 if all(equal) else 1


if __name__ == "__main__":
    sys.exit(main())
