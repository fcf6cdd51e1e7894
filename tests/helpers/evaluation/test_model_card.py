"""A card says what the model is for, made from and worth; AWS's form of it is AWS's schema."""

import json

import pytest
from sagemaker.core.shapes.model_card_shapes import ModelCardContent

from helpers.evaluation.model_card import Card, Facts
from helpers.evaluation.report import make_report
from local_aws.services.sagemaker.registry.card_content import check_content
from tests.answers import make_manifest, make_predictions

FACTS = Facts(
    "job-1", "arn:aws:sagemaker:us-east-1:000000000000:training-job/job-1", "image",
    "s3://bucket/model.tar.gz", "58 s on 2 × ml.g4dn.xlarge", "Made sample data", {"epochs": "12"},
)  # fmt: skip


@pytest.fixture(params=["bins", "birds"])
def card(request):
    """Return the card of a small test."""
    made = make_predictions(60)
    report = make_report(made, request.param, rounds=50)
    about = {"split": "test", "trained_on_this_split": True}
    return Card(make_manifest(request.param, made), {**report, **about}, FACTS)


def test_a_reader_finds_data_split_limits_and_scores_with_intervals(card):
    text = card._repr_markdown_()
    for words in ("**Data.** Made sample data", "By whole groups", "**Limits.**", "epochs 12"):
        assert words in text
    accuracy = card.report["metrics"]["accuracy"]
    assert f"{accuracy['value']:.3f} ({accuracy['low']:.2f} to {accuracy['high']:.2f})" in text
    assert "always 0, the largest class" in text
    assert "It is too modest" in text or "It is too sure" in text
    assert repr(card).startswith("<Card of job-1: ")


@pytest.mark.parametrize("of_package", [False, True])
def test_its_json_is_what_aws_and_the_sdk_accept(card, of_package):
    text = card.content(of_package=of_package)
    assert "\n" not in text and len(text) < 100_000
    assert ModelCardContent(**check_content(text, of_package=of_package))
    scores = json.loads(text)["evaluation_details"][0]["metric_groups"][0]["metric_data"]
    values = {each["name"]: each["value"] for each in scores}
    assert values["accuracy"] == card.report["metrics"]["accuracy"]["value"]


def test_a_thin_test_and_another_split_are_among_the_limits():
    made = make_predictions(6, present=2)
    report = make_report(made, "bins", rounds=20)
    report |= {"split": "test", "trained_on_this_split": False}
    card = Card(make_manifest("bins", made), report, FACTS)
    text = card.markdown()
    assert "their scores say little: 0 (4), 1 (2), 2 (0)" in text
    assert "trained on another split" in text
    check_content(card.content())
