"""Tests mirror the packages: a module has the test file of its name, or says here who tests it."""

from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.places import ROOT
from tools.readme import tracked

HELPERS = {
    "datasets/bins/catalog.py": "datasets/bins/test_sample.py: photos are drawn from it",
    "datasets/bins/drawing.py": "datasets/bins/test_questions.py: every question is drawn",
    "datasets/bins/boxes.py": "datasets/bins/test_sample.py: photos are looked at whole",
    "datasets/bins/layout.py": "datasets/bins/test_sample.py: photos are looked at whole",
    "datasets/bins/plan.py": "datasets/bins/test_sample.py: all photos follow their plan",
    "datasets/bins/scene.py": "datasets/bins/test_sample.py: photos are looked at whole",
    "datasets/bins/scores.py": "datasets/test_scores.py: one table for both data sets",
    "datasets/bins/bottles_and_bags.py": "datasets/bins/test_sample.py: photos are looked at whole",
    "datasets/birds/drawing.py": "datasets/birds/test_questions.py: every question is drawn",
    "datasets/birds/scene.py": "datasets/birds/test_sample.py: recordings are heard whole",
    "datasets/birds/scores.py": "datasets/test_scores.py: one table for both data sets",
    "datasets/birds/speech.py": "media/test_speech.py: the detector hears made speech",
    "datasets/fetching.py": "test_fetch.py: both data sets are fetched through it",
    "datasets/folders.py": "datasets/birds/test_ingest.py: a user's folders are walked",
    "datasets/questions.py": "test_questions.py: it only names the fields of a question",
    "networks/classifier.py": "networks/test_model.py: every model of the registry is one",
    "networks/efficientnet.py": "networks/test_model.py: every model of the registry runs",
    "onnx_session.py": "networks/test_onnx_graph.py: graphs are opened and run",
    "sharding/instance.py": "../scripts/test_shard.py: instances share the work, stop and resume",
    "streaming/shared_memory.py": "test_stream.py: workers get their memory by it",
    "streaming/workers.py": "test_stream.py: workers decode, die and are named",
    "training/evaluation.py": "training/test_loop.py: a trainer evaluates its splits",
    "training/progress.py": "training/test_loop.py: a stopped run goes on from its progress",
    "training/results.py": "../scripts/test_train.py: the files of a run are read",
    "trial_jobs.py": "test_search_jobs.py: the trials of real jobs are measured",
}
"""Module of helpers (patterns of fnmatch), and the test below tests/helpers that covers it."""

LOCAL_AWS = {
    "context.py": "test_lifecycle.py: a server tells where it is",
    "errors.py": "wire/test_errors.py: errors are worded",
    "instances/*.py": "services/sagemaker/jobs/test_training.py: jobs run whole",
    "parts.py": "test_operations.py: every engine and its rows follow the contract",
    "services/athena/*.py": "services/athena/test_cases.py: SQL files with the rows expected",
    "services/glue/*.py": "state/test_catalog.py: tables and partitions, found and filtered",
    "services/logs/*.py": "services/logs/test_engine.py: groups, streams and events",
    "services/s3/*.py": "services/s3/test_writes.py: requests go through the whole app",
    "services/sagemaker/hosting/*.py": "services/sagemaker/hosting/test_endpoints.py: real models",
    "services/sagemaker/jobs/*.py": "services/sagemaker/jobs/test_training.py: jobs run whole",
    "services/sagemaker/registry/*.py": "services/sagemaker/registry/test_cards.py: cards checked",
    "services/sagemaker/tuning/*.py": "services/sagemaker/tuning/test_engine.py: whole searches",
    "settings.py": "test_main.py: the command line makes it",
    "state/disk.py": "test_full_disk.py: a disk is filled",
    "state/objects/*.py": "state/objects/test_store.py: all go through the store",
    "state/partition_filter.py": "state/test_catalog.py: partitions are filtered",
    "wire/*.py": "wire/test_parsing.py: requests of every protocol are parsed",
}
"""The same for local_aws, by folders where one test goes through all of a folder's modules."""

EXCEPTIONS = [
    (package, pattern, reason)
    for package, listed in (("helpers", HELPERS), ("local_aws", LOCAL_AWS))
    for pattern, reason in listed.items()
]


def own_test(module: Path) -> Path:
    """Return where a module's test belongs."""
    return Path("tests", module.parent, f"test_{module.stem.strip('_')}.py")


def untested(package: str) -> list[str]:
    """Return the modules of a package without a test of their name, below the package."""
    return [
        path.relative_to(package).as_posix()
        for path in tracked()
        if path.parts[0] == package and path.suffix == ".py" and path.name != "__init__.py"
        if not (ROOT / own_test(path)).exists()
    ]


@pytest.mark.parametrize("package", ["helpers", "local_aws"])
def test_every_module_has_a_test_of_its_name_or_a_reason(package):
    patterns = [pattern for owner, pattern, _ in EXCEPTIONS if owner == package]
    missing = [
        module
        for module in untested(package)
        if not any(fnmatch(module, pattern) for pattern in patterns)
    ]
    assert not missing, f"give them tests below tests/{package}, or a reason here"


@pytest.mark.parametrize("package, pattern, reason", EXCEPTIONS)
def test_an_exception_is_needed_and_names_a_test_that_is_there(package, pattern, reason):
    assert [module for module in untested(package) if fnmatch(module, pattern)]
    test, _, why = reason.partition(": ")
    assert why and (ROOT / "tests" / package / test).is_file()
