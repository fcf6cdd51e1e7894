"""The monitoring script by Model Monitor's contract, as a program; a third data set too."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from helpers.datasets import load_dataset
from helpers.metrics import END
from helpers.monitoring.capture import label_line
from tests.helpers.monitoring.test_capture import line, write
from tests.made_model import make_artifact
from tests.made_shards import LABELS, make_shards, photo
from tests.places import ROOT


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder with shards, raw photos, a model, captured traffic and labels."""
    folder, rng = tmp_path_factory.mktemp("monitor"), np.random.default_rng(0)
    make_shards(folder / "shards", "bins", train=60, validation=30)
    make_artifact(folder / "model", "bins", size=32, store="jpg")
    (folder / "raw").mkdir()
    for split, size in (("train", 60), ("validation", 30)):
        for i in range(size):
            (folder / "raw" / f"{split}{i:05d}").write_bytes(photo(i % 3, rng))
    answer = {"label": "1", "probabilities": dict(zip(LABELS, (0.3, 0.4, 0.3), strict=True))}
    dark = load_dataset("bins").shifts()["dark"]
    lines = [
        line(second, (dark if second >= 30 else bytes_of)(photo(second % 3, rng), rng), answer)
        for second in range(60)
    ]
    write(folder / "endpointdata", *lines)
    (folder / "labels").mkdir()
    (folder / "labels/1.jsonl").write_text("".join(f"{label_line(f'e{i}', '1')}\n" for i in (1, 2)))
    run(folder, "baseline", "--shards", folder / "shards", "--raw", folder / "raw",
        "--model", folder / "model", "--window", 25)  # fmt: skip
    return folder


def bytes_of(data, rng):
    return data


def run(folder, output, *flags, **variables):
    """Run the script with the contract's variables; return its log."""
    script = [sys.executable, str(ROOT / "scripts_process/monitor.py"), "--dataset", "bins"]
    flags = (*flags, "--rounds", 1000, "--message", folder / "message")
    contract = {
        "dataset_source": folder / "endpointdata",
        "output_path": folder / output,
        "baseline_statistics": folder / "baseline/statistics.json",
        "sagemaker_endpoint_name": "endpoint",
        **variables,
    }
    environment = os.environ | {name: str(value) for name, value in contract.items()}
    done = subprocess.run(
        [*script, *map(str, flags)], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def fired(folder, output):
    found = json.loads((folder / output / "constraint_violations.json").read_text())
    return {each["feature_name"] for each in found["violations"]}


def test_a_baseline_has_statistics_and_constraints_for_a_window(place):
    names = [f["name"] for f in json.loads((place / "baseline/statistics.json").read_text())
             ["features"]]  # fmt: skip
    assert {"brightness", "turn", "label", "confidence", "right"} <= set(names)
    constraints = json.loads((place / "baseline/constraints.json").read_text())
    assert constraints["false_alarm_rate"] == 0.05 and len(constraints["features"]) == len(names)


def test_the_span_decides_what_is_compared_and_darkness_is_seen(place):
    times = {"start_time": "2026-01-01T10:00:00+00:00", "end_time": "2026-01-01T10:00:30+00:00"}
    log = run(place, "day", "--labels", place / "none", **times)
    assert "30 objects" in log and "no label yet for 30 objects" in log
    assert log.splitlines()[-1] == END
    assert "brightness" not in fired(place, "day")
    times = {"start_time": "2026-01-01T10:00:30+00:00", "end_time": "2026-01-01T11:00:00+00:00"}
    run(place, "night", "--labels", place / "labels", **times)
    assert "brightness" in fired(place, "night")
    assert (place / "message").read_text().startswith("CompletedWithViolations:")


def test_a_schedule_gives_the_due_time_and_the_length_of_its_window(place):
    due = {"start_time": "-PT30S", "end_time": "2026-01-01T10:01:05Z"}
    log = run(place, "due", "--labels", place / "none", "--late", 5, **due)
    assert "30 objects" in log and "brightness" in fired(place, "due")
    log = run(place, "quiet", **due | {"end_time": "2026-01-02T10:00:00Z"})
    assert "0 objects, 0 of 0 checks fired" in log and not fired(place, "quiet")
    assert (place / "message").read_text().startswith("Completed: Nothing was captured")


def test_labels_that_have_come_are_compared(place):
    log = run(place, "labeled", "--labels", place / "labels")
    assert "accuracy: 1.000" in log and "2 of 60 objects have a label" in log


def test_a_failure_is_the_jobs_message(place):
    with pytest.raises(AssertionError, match="FileNotFoundError"):
        run(place, "broken", baseline_statistics=place / "nothing.json")
    assert (place / "message").read_text().startswith("FileNotFoundError:")


def test_a_data_set_that_measures_nothing_of_its_own_has_a_size(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tests")
    dataset = load_dataset("tones.dataset")
    assert dataset.features(b"x" * 500) == {"kilobytes": 0.5} and not dataset.shifts()
