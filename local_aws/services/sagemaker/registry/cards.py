"""Model cards: documents about models, with all versions of their content; reads no model.

Left out: export to PDF, customer keys (kept, not used). A deletion takes no time, and deletes all
versions.
"""

from local_aws.errors import AwsError
from local_aws.parts import Engine, Parts
from local_aws.services.sagemaker.registry.card_content import check_content, only_metadata
from local_aws.services.sagemaker.tags import Tags
from local_aws.state.collection import Collection, public
from local_aws.wire.listing import Listing

SUMMARY = ("ModelCardName", "ModelCardArn", "ModelCardStatus", "CreationTime", "LastModifiedTime")
LISTING = Listing("ModelCardSummaries", "ModelCardName", SUMMARY, "ModelCardStatus")
VERSIONS = Listing(
    "ModelCardVersionSummaryList", "_key", (*SUMMARY, "ModelCardVersion"), "ModelCardStatus"
)


OPERATIONS = {
    "sagemaker": (
        "CreateModelCard",
        "DescribeModelCard",
        "UpdateModelCard",
        "ListModelCards",
        "ListModelCardVersions",
        "DeleteModelCard",
    ),
}


class Cards(Engine):
    """Executes the operations on model cards."""

    name, operations = "model_cards", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._context, self._clock = parts.context, parts.clock
        self._tags = parts.engine(Tags)
        self._documents = Collection(parts.documents, "model-card")

    def _arn(self, name: str) -> str:
        return self._context.arn("sagemaker", f"model-card/{name}")

    def _versions(self, text: str) -> tuple[str, list[dict]]:
        """Return a card's name and all its versions, oldest first."""
        name = text.removeprefix(self._arn(""))
        if (card := self._documents.get(name)) is None:
            raise AwsError("ResourceNotFound", f"Modelcard {name} does not exist.")
        return name, card["versions"]

    def create_model_card(self, request: dict) -> dict:
        check_content(request["Content"])
        name, arn = request["ModelCardName"], self._arn(request["ModelCardName"])
        card = {key: value for key, value in request.items() if key != "Tags"}
        time = self._clock.now()
        card |= {"ModelCardArn": arn, "ModelCardVersion": 1, "CreationTime": time, "CreatedBy": {}}
        card |= {"LastModifiedTime": time, "LastModifiedBy": {}}
        with self._documents.transaction():
            if not self._documents.add(name, {"versions": [card]}):
                raise AwsError("ConflictException", f"Modelcard {name} already exists.")
            self._tags.set(arn, request.get("Tags", []))
        return {"ModelCardArn": arn}

    def describe_model_card(self, request: dict) -> dict:
        name, versions = self._versions(request["ModelCardName"])
        number = request.get("ModelCardVersion", len(versions))
        if not 1 <= number <= len(versions):
            message = f"Modelcard {name} has no version {number}."
            raise AwsError("ResourceNotFound", message)
        card = public(versions[number - 1])
        if request.get("IncludedData") == "MetadataOnly":
            card["Content"] = only_metadata(card["Content"])
        return card

    def update_model_card(self, request: dict) -> dict:
        name, _ = self._versions(request["ModelCardName"])
        if "Content" in request and "ModelCardStatus" in request:
            message = "Content and ModelCardStatus can't be updated in one call."
            raise AwsError("ValidationException", message)
        if "Content" in request:
            check_content(request["Content"])

        def change(card: dict) -> None:
            time = self._clock.now()
            newest = {**card["versions"][-1], "LastModifiedTime": time}
            if "Content" in request:
                number = newest["ModelCardVersion"] + 1
                new = {"Content": request["Content"], "ModelCardVersion": number}
                card["versions"].append({**newest, **new, "CreationTime": time})
            elif "ModelCardStatus" in request:  # a change of status makes no version
                card["versions"][-1] = {**newest, "ModelCardStatus": request["ModelCardStatus"]}

        self._documents.update(name, change)
        return {"ModelCardArn": self._arn(name)}

    def list_model_cards(self, request: dict) -> dict:
        newest = [card["versions"][-1] for card in self._documents.listed()]
        return LISTING.answer(newest, _by_status(request))

    def list_model_card_versions(self, request: dict) -> dict:
        _, versions = self._versions(request["ModelCardName"])
        # The only order is by version.
        query = {key: request[key] for key in request if key not in ("ModelCardName", "SortBy")}
        keyed = [{**card, "_key": f"{card['ModelCardVersion']:09d}"} for card in versions]
        return VERSIONS.answer(keyed, _by_status(query))

    def delete_model_card(self, request: dict) -> dict:
        name, _ = self._versions(request["ModelCardName"])
        with self._documents.transaction():
            self._documents.delete(name)
            self._tags.forget(self._arn(name))
        return {}


def _by_status(request: dict) -> dict:
    """Return a List request with ModelCardStatus as the general filter by status."""
    query = {key: value for key, value in request.items() if key != "ModelCardStatus"}
    status = request.get("ModelCardStatus")
    return {**query, "StatusEquals": status} if status else query
