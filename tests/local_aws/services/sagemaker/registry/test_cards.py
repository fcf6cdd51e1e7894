"""Cards keep every version of their text, one status each, and nothing that AWS would refuse."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.registry.texts import evaluation, text


@pytest.fixture
def sagemaker(client):
    """Return a client of a local AWS with one card."""
    sagemaker = client("sagemaker")
    sagemaker.create_model_card(ModelCardName="birds", Content=text(), ModelCardStatus="Draft")
    return sagemaker


def test_an_edit_makes_a_version_and_a_status_does_not(sagemaker):
    new = text(evaluation_details=evaluation())
    sagemaker.update_model_card(ModelCardName="birds", Content=new)
    sagemaker.update_model_card(ModelCardName="birds", ModelCardStatus="Approved")
    card = sagemaker.describe_model_card(ModelCardName="birds")
    assert (card["ModelCardVersion"], card["ModelCardStatus"]) == (2, "Approved")
    assert card["Content"] == new
    first = sagemaker.describe_model_card(ModelCardName="birds", ModelCardVersion=1)
    assert (first["Content"], first["ModelCardStatus"]) == (text(), "Draft")


def test_versions_and_cards_are_listed(sagemaker):
    sagemaker.create_model_card(ModelCardName="bins", Content=text(), ModelCardStatus="Approved")
    sagemaker.update_model_card(ModelCardName="birds", Content=text(business_details={}))
    versions = sagemaker.list_model_card_versions(ModelCardName="birds", SortOrder="Ascending")
    numbers = [each["ModelCardVersion"] for each in versions["ModelCardVersionSummaryList"]]
    assert numbers == [1, 2]
    approved = sagemaker.list_model_cards(ModelCardStatus="Approved")["ModelCardSummaries"]
    assert [each["ModelCardName"] for each in approved] == ["bins"]


def test_text_and_status_are_not_changed_in_one_call(sagemaker):
    with pytest.raises(ClientError, match="in one call"):
        sagemaker.update_model_card(
            ModelCardName="birds", Content=text(), ModelCardStatus="Approved"
        )


def test_a_name_is_given_once_and_free_after_deleting(sagemaker):
    again = {"ModelCardName": "birds", "Content": text(), "ModelCardStatus": "Draft"}
    with pytest.raises(ClientError, match="ConflictException"):
        sagemaker.create_model_card(**again)
    sagemaker.delete_model_card(ModelCardName="birds")
    assert not sagemaker.list_model_cards()["ModelCardSummaries"]
    sagemaker.create_model_card(**again)


def test_an_update_with_no_card_makes_no_version(sagemaker):
    with pytest.raises(ClientError, match="it is not JSON"):
        sagemaker.update_model_card(ModelCardName="birds", Content="no json")
    assert sagemaker.describe_model_card(ModelCardName="birds")["ModelCardVersion"] == 1


def test_an_unknown_card_is_not_found(sagemaker):
    for call in ("describe_model_card", "delete_model_card", "list_model_card_versions"):
        with pytest.raises(ClientError, match="ResourceNotFound"):
            getattr(sagemaker, call)(ModelCardName="nobody")


def test_a_version_that_was_never_made_is_not_found(sagemaker):
    with pytest.raises(ClientError, match="has no version 2"):
        sagemaker.describe_model_card(ModelCardName="birds", ModelCardVersion=2)
