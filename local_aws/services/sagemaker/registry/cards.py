"""Model cards: documents about models, of which the newest content is kept; reads no model.

Left out: former versions, export to PDF, customer keys. A deletion takes effect at once.
"""

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.registry.card_content import check_content
from local_aws.state.collection import Collection
from local_aws.wire.listing import LISTED, Listing

SUMMARY = ("ModelCardName", "ModelCardArn", "ModelCardStatus", "CreationTime", "LastModifiedTime")
LISTING = Listing("ModelCardSummaries", "ModelCardName", SUMMARY, "ModelCardStatus")
OPERATIONS = {
    "sagemaker": {
        "CreateModelCard": "ModelCardName Content ModelCardStatus SecurityConfig(KmsKeyId) Tags(*)",
        "UpdateModelCard": "ModelCardName Content ModelCardStatus",
        "ListModelCards": f"{LISTED} ModelCardStatus",
        "DeleteModelCard": "ModelCardName",
    },
}


class Cards(Engine):
    """Executes the operations on model cards."""

    name, operations = "model_cards", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._context, self._clock = parts.context, parts.clock
        self._documents = Collection(parts.documents, "model-card")

    def _arn(self, name: str) -> str:
        return self._context.arn("sagemaker", f"model-card/{name}")

    def _card(self, text: str) -> dict:
        """Return a card by its name or ARN."""
        name = text.removeprefix(self._arn(""))
        if (document := self._documents.get(name)) is None:
            raise AwsError("ResourceNotFound", f"Modelcard {name} does not exist.")
        return _newest(document)

    def create_model_card(self, request: dict) -> dict:
        check_content(request["Content"])
        name, time = request["ModelCardName"], self._clock.now()
        arn = self._arn(name)
        card = {**request, "ModelCardArn": arn, "ModelCardVersion": 1, "CreatedBy": {}}
        card |= {"CreationTime": time, "LastModifiedTime": time, "LastModifiedBy": {}}
        if not self._documents.add(name, card):
            raise AwsError("ConflictException", f"Modelcard {name} already exists.")
        return {"ModelCardArn": arn}

    def update_model_card(self, request: dict) -> dict:
        card = self._card(request["ModelCardName"])
        if "Content" in request and "ModelCardStatus" in request:
            message = "Content and ModelCardStatus can't be updated in one call."
            raise AwsError("ValidationException", message)
        if "Content" in request:
            check_content(request["Content"])

        def change(document: dict) -> None:
            newest = {**_newest(document), **request, "ModelCardName": card["ModelCardName"]}
            newest["LastModifiedTime"] = self._clock.now()
            if "Content" in request:  # a change of the status makes no version
                newest["ModelCardVersion"] += 1
                newest["CreationTime"] = newest["LastModifiedTime"]
            document.clear()
            document.update(newest)

        self._documents.update(card["ModelCardName"], change)
        return {"ModelCardArn": card["ModelCardArn"]}

    def list_model_cards(self, request: dict) -> dict:
        return LISTING.answer(map(_newest, self._documents.listed()), _by_status(request))

    def delete_model_card(self, request: dict) -> dict:
        self._documents.delete(self._card(request["ModelCardName"])["ModelCardName"])
        return {}


def _newest(document: dict) -> dict:
    """Return a card; a document of an older local AWS has its former versions too."""
    return document["versions"][-1] if "versions" in document else document


def _by_status(request: dict) -> dict:
    """Return a List request with ModelCardStatus as the general filter by status."""
    query = {key: value for key, value in request.items() if key != "ModelCardStatus"}
    status = request.get("ModelCardStatus")
    return {**query, "StatusEquals": status} if status else query
