"""Cards keep their newest text and a status, and nothing that AWS would refuse."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.registry.texts import evaluation, text


def kept(aws):
    """Return the card as it is kept: no operation that anybody sends reads its text."""
    return aws.parts.documents.get("model-card", "birds")


@pytest.fixture
def sagemaker(client):
    """Return a client of a local AWS with one card."""
    sagemaker = client("sagemaker")
    sagemaker.create_model_card(ModelCardName="birds", Content=text(), ModelCardStatus="Draft")
    return sagemaker


def test_an_edit_makes_a_version_and_a_status_does_not(aws, sagemaker):
    new = text(evaluation_details=evaluation())
    sagemaker.update_model_card(ModelCardName="birds", Content=new)
    sagemaker.update_model_card(ModelCardName="birds", ModelCardStatus="Approved")
    card = kept(aws)
    assert (card["ModelCardVersion"], card["ModelCardStatus"]) == (2, "Approved")
    assert card["Content"] == new


def test_a_card_of_an_older_state_is_listed_edited_and_deleted(aws, sagemaker):
    versions = [{**kept(aws), "ModelCardVersion": number} for number in (1, 2)]
    aws.parts.documents.put("model-card", "birds", {"versions": versions})
    assert sagemaker.list_model_cards()["ModelCardSummaries"][0]["ModelCardStatus"] == "Draft"
    sagemaker.update_model_card(ModelCardName="birds", Content=text(business_details={}))
    assert kept(aws)["ModelCardVersion"] == 3 and "versions" not in kept(aws)
    sagemaker.delete_model_card(ModelCardName="birds")
    assert sagemaker.list_model_cards()["ModelCardSummaries"] == []


def test_cards_are_listed_by_their_status(sagemaker):
    sagemaker.create_model_card(ModelCardName="bins", Content=text(), ModelCardStatus="Approved")
    sagemaker.update_model_card(ModelCardName="birds", Content=text(business_details={}))
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


def test_an_update_with_no_card_makes_no_version(aws, sagemaker):
    with pytest.raises(ClientError, match="it is not JSON"):
        sagemaker.update_model_card(ModelCardName="birds", Content="no json")
    assert kept(aws)["ModelCardVersion"] == 1


def test_an_unknown_card_is_not_found(sagemaker):
    for call in ("update_model_card", "delete_model_card"):
        with pytest.raises(ClientError, match="ResourceNotFound"):
            getattr(sagemaker, call)(ModelCardName="nobody")
