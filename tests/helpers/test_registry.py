"""A model is registered with its metrics and card, compared, decided upon, and deployed."""

import dataclasses
import json

import pytest

from helpers import registry
from helpers.endpoints import ask, make_model_of, serve, wait_in_service
from helpers.evaluation.model_card import Card
from helpers.evaluation.report import make_report, quality_statistics
from helpers.jobs import wait
from helpers.roles import make_role
from helpers.s3_uris import parse_uri
from helpers.session import client as course_client
from local_aws.control import Fault, set_faults
from tests.answers import make_manifest, make_predictions
from tests.local_aws.services.sagemaker.hosting.models import OURS, archive
from tests.local_aws.services.sagemaker.jobs.requests import training

NAME = "birds-and-bins-birds-20261122010203"
SCRIPT = "open('/opt/ml/model/weights', 'w').write('w')"


@pytest.fixture
def job(aws, config):
    """Return a training job of the course's kind, whose archive can be served."""
    make_role(config)
    sagemaker = course_client(config, "sagemaker")
    given = {"epochs": '"12"', "data": json.dumps(config.uri("shards"))}
    sagemaker.create_training_job(**training(NAME, SCRIPT, HyperParameters=given))
    job = wait(config, "TrainingJob", NAME)
    aws.store.put(config.bucket, job.model_data.split("/", 3)[3], archive(OURS))
    return job


@pytest.fixture
def add(aws, config, job):
    """Return a function that evaluates (by made-up answers) and registers a version."""

    def add(name="a", **answers):
        made = make_predictions(200, **answers)
        report = make_report(made, "birds", rounds=20)
        report |= {"split": "test", "manifest": "0" * 64}
        place = config.key("evaluation", name)
        files = {"evaluation.json": report, "statistics.json": quality_statistics(report)}
        for file, content in files.items():
            aws.store.put(config.bucket, f"{place}/{file}", json.dumps(content).encode())
        lines = "\n".join(made.lines()).encode()
        aws.store.put(config.bucket, f"{place}/predictions.jsonl", lines)
        card = Card(
            make_manifest("birds", made, made.labels), report, registry.facts_of(config, job)
        )
        return registry.register(config, job, config.uri("evaluation", name), card)

    return add


def test_a_version_has_the_jobs_archive_its_metrics_and_its_card(config, job, add):
    version = add()
    about = version.description
    assert (version.number, version.training_job) == (1, NAME)
    assert version.model_data == job.model_data
    assert about["ModelApprovalStatus"] == "PendingManualApproval"
    statistics = about["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    assert statistics == f"{config.uri('evaluation', 'a')}/statistics.json"
    assert json.loads(about["ModelCard"]["ModelCardContent"])["evaluation_details"]
    assert repr(version).startswith("<ModelPackage birds-and-bins-birds version 1: Pending")


def test_the_first_version_is_approved_and_found_again(config, add):
    assert registry.last_approved(config) is None
    version = add()
    result = registry.compare(config, version, None)
    decided = registry.decide(config, version, result)
    assert decided.description["ApprovalDescription"].startswith("the first version")
    assert registry.last_approved(config).arn == registry.approved(config).arn == version.arn


def test_a_first_version_that_guesses_is_rejected(config, add):
    version = add(skill=0)
    decided = registry.decide(config, version, registry.compare(config, version, None))
    assert decided.description["ModelApprovalStatus"] == "Rejected"
    assert "not wholly above the floor" in decided.description["ApprovalDescription"]
    assert registry.last_approved(config) is None


def test_a_worse_version_is_rejected_and_the_approved_one_stays(config, add):
    first, second = add("good", skill=4), add("bad", skill=0, seed=1)
    registry.approve(config, first, "read and found good")
    result = registry.compare(config, second, registry.last_approved(config))
    decided = registry.decide(config, second, result)
    assert decided.description["ModelApprovalStatus"] == "Rejected"
    assert "the new model is worse" in decided.description["ApprovalDescription"]
    assert registry.approved(config).number == 1
    assert list(registry.history(config)["status"]) == ["Rejected", "Approved"]


def test_a_new_version_is_in_the_history_at_once_where_lists_are_late(aws, config, add):
    add("first")
    set_faults(aws.context, [Fault("lagging", "sagemaker", "List*", seconds=1)])
    add("second")
    assert list(registry.history(config)["version"]) == [2, 1]


def test_the_version_before_is_an_approved_one_or_the_first_itself(config, add):
    first, bad, third = add("first"), add("bad", skill=0, seed=1), add("third")
    for version in (first, third):
        registry.approve(config, version, "for the test")
    assert registry.previous(config, third).number == first.number
    assert registry.previous(config, bad).number == first.number
    assert registry.previous(config, first).number == first.number


def test_an_approved_version_is_deployed_and_answers(config, add):
    registry.approve(config, add(), "for the test")
    version = registry.approved(config)
    assert ".dkr.ecr." in version.image
    make_model_of(config, "model", version.arn)
    serve(config, "birds", "model", "ml.m5.large")
    wait_in_service(config, "birds")
    assert ask(config, "birds", b"abc", "text/plain")["bytes"] == 3


def test_a_version_of_other_raw_data_is_neither_deployed_nor_compared_with(config, add):
    registry.approve(config, add(), "for the test")
    mine = dataclasses.replace(config, raw="/data/mine")
    assert registry.last_approved(mine) is None
    with pytest.raises(LookupError, match=f"raw data {mine.source}: run notebooks/07 first"):
        registry.approved(mine)
    assert registry.approved(config).source == "sample"
    assert list(registry.history(mine)["raw data"]) == ["sample"]


@pytest.mark.parametrize("other", [{"labels": ["0", "1", "3"]}, {"keys": "t"}])
def test_versions_that_cannot_be_compared_are_judged_alone(config, add, other):
    first, second = add("a"), add("b", **{k: v for k, v in other.items() if k == "labels"})
    if "keys" in other:  # the raw data was changed: no test sample is the same
        place = second.properties["evaluation"]
        bucket, key = parse_uri(f"{place}/predictions.jsonl")
        s3 = course_client(config, "s3")
        text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().replace(b'"s0', b'"t0')
        s3.put_object(Bucket=bucket, Key=key, Body=text)
    result = registry.compare(config, second, first)
    assert not result.worse and result.verdict.startswith("not compared with version 1: the two")


def test_without_an_approved_version_the_notebook_is_named(config, add):
    with pytest.raises(LookupError, match="run notebooks/07 first"):
        registry.approved(config)
    add()
    with pytest.raises(LookupError, match="run notebooks/07 first"):
        registry.approved(config)


def test_a_missing_evaluation_names_the_notebook(config):
    with pytest.raises(LookupError, match="run notebooks/07"):
        registry.read_report(config, config.uri("evaluation", "none"))


def test_a_card_is_kept_with_a_version_for_each_edit(aws, config, job):
    made = make_predictions()
    report = {**make_report(made, "birds", rounds=20), "split": "test"}
    card = Card(make_manifest("birds", made), report, registry.facts_of(config, job))
    assert "epochs 12" in card.markdown()
    for _ in range(2):
        registry.publish_card(config, card)
    kept = aws.parts.documents.get("model-card", config.name)
    assert kept["ModelCardVersion"] == 2 and kept["Content"] == card.content()
