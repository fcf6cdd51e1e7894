"""A card's text is held against AWS's schema: sections, fields, types, lengths, choices."""

import json

import pytest

from local_aws.errors import AwsError
from local_aws.services.sagemaker.registry.card_content import check_content, only_metadata
from tests.local_aws.services.sagemaker.registry.texts import evaluation, text


@pytest.mark.parametrize(
    "content, words",
    [
        ("no json", "it is not JSON"),
        ("[]", "not a JSON object"),
        (text(metrics={}), r"extraneous key \[metrics\]"),
        (text(model_overview={"colour": "blue"}), r"extraneous key \[colour\]"),
        (text(intended_uses={"risk_rating": "None"}), "not one of High"),
        (text(business_details=[]), "expected type: JSONObject"),
        (text(training_details={"training_observations": "x" * 1025}), "maxLength: 1024"),
        (text(evaluation_details=evaluation(name="")), r"required key \[name\]"),
        (text(evaluation_details=[{"name": "t", "metric_groups": [{}]}]), "name and metric_data"),
    ],
)
def test_a_text_that_is_no_card_is_refused(content, words):
    with pytest.raises(AwsError, match=words):
        check_content(content)


def test_a_card_with_every_section_is_returned_as_it_is():
    content = text(
        model_overview={"model_id": "birds", "model_version": 1},
        intended_uses={"risk_rating": "Low"},
        evaluation_details=evaluation(),
    )
    assert check_content(content) == json.loads(content)


def test_a_packages_own_card_says_no_more_of_the_model_than_the_package_lacks():
    assert check_content(text(model_overview={"model_creator": "us"}), of_package=True)
    with pytest.raises(AwsError, match=r"#/model_overview: extraneous key \[model_name\]"):
        check_content(text(model_overview={"model_name": "birds"}), of_package=True)
    with pytest.raises(AwsError, match=r"extraneous key \[model_package_details\]"):
        check_content(text(model_package_details={}), of_package=True)


def test_of_a_cards_metadata_the_rest_is_left_out():
    content = text(
        model_overview={"model_id": "birds", "algorithm_type": "net"},
        intended_uses={"risk_rating": "Low", "purpose_of_model": "songs"},
        business_details={"line_of_business": "songs"},
    )
    kept = {"model_overview": {"model_id": "birds"}, "intended_uses": {"risk_rating": "Low"}}
    assert json.loads(only_metadata(content)) == kept
