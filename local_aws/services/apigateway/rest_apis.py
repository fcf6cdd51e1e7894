"""REST APIs: documents, deployments of them, and stages that serve one; answers no caller."""

import hashlib
import json
import re
import secrets
from functools import lru_cache

from local_aws.parts import Engine, Parts
from local_aws.services.apigateway import openapi
from local_aws.services.apigateway.openapi import Api
from local_aws.services.apigateway.refusals import invalid, not_done, not_found
from local_aws.state import positions
from local_aws.state.collection import Collection, public

OPERATIONS = {
    "apigateway": {
        "CreateRestApi": "name description tags endpointConfiguration(types)",
        "PutRestApi": "restApiId mode=overwrite body",
        "GetRestApis": "limit position",
        "DeleteRestApi": "restApiId",
        "CreateDeployment": "restApiId description",
        "GetDeployment": "restApiId deploymentId",
        "CreateStage": "restApiId stageName deploymentId description tags",
        "UpdateStage": "restApiId stageName patchOperations(op=replace path value)",
        "GetStages": "restApiId",
    }
}
PAGE, MOST = 25, 500
_THROTTLING = re.compile(r"/\*/\*/throttling/(rateLimit|burstLimit)")


class RestApis(Engine):
    """The REST APIs of the local AWS; `serving` is what a stage answers with.

    Left out: resources and methods one by one, merged documents, models, validators, authorizers,
    custom domains, VPC links, client certificates, caches of stages, WAF, canaries, X-Ray, access
    logs, stage variables, settings of single methods, documentation, SDKs, and HTTP APIs. How often
    an account may call these operations is not limited; AWS allows a DeleteRestApi each 30 s.
    """

    name, operations = "rest_apis", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self.apis = Collection(parts.documents, "apigateway.api")
        self._deployments = Collection(parts.documents, "apigateway.deployment")
        self.stages = Collection(parts.documents, "apigateway.stage")

    def create_rest_api(self, request: dict) -> dict:
        api = {
            "id": new_id(),
            "createdDate": self._now(),
            "apiKeySource": "HEADER",
            "endpointConfiguration": {"types": ["REGIONAL"]},
            "disableExecuteApiEndpoint": False,
            "rootResourceId": new_id(),
            **request,
        }
        if request.get("endpointConfiguration") != {"types": ["REGIONAL"]}:
            raise not_done("REST APIs with other endpoints than REGIONAL")
        self.apis.put(api["id"], api)
        return api

    def put_rest_api(self, request: dict) -> dict:
        document = request["body"]
        if request.get("mode") != "overwrite":
            raise not_done("PutRestApi with another mode than overwrite")
        read = openapi.read(document)
        self._api(request)

        def change(api: dict) -> None:
            api |= {"name": read.title, "_document": json.loads(document)}
            api |= {"description": read.description} if read.description else {}
            api["binaryMediaTypes"] = [*read.binary]

        return public(self.apis.update(request["restApiId"], change))

    def get_rest_apis(self, request: dict) -> dict:
        return page(request, [public(api) for api in self.apis])

    def delete_rest_api(self, request: dict) -> dict:
        api = self._api(request)["id"]
        with self.apis.transaction():
            for stage in self._stages(api):
                self.stages.delete(f"{api}/{stage['stageName']}")
            self.parts.documents.delete_prefix("apigateway.deployment", f"{api}/")
            self.apis.delete(api)
        return {}

    def create_deployment(self, request: dict) -> dict:
        api = self._api(request)
        if "_document" not in api:
            raise invalid("The REST API doesn't contain any methods")
        deployment = {"id": new_id(), "createdDate": self._now()}
        deployment |= {"description": request["description"]} if "description" in request else {}
        self._deployments.put(
            f"{api['id']}/{deployment['id']}", {**deployment, "_document": api["_document"]}
        )
        return deployment

    def get_deployment(self, request: dict) -> dict:
        return public(self._deployment(self._api(request)["id"], request["deploymentId"]))

    def create_stage(self, request: dict) -> dict:
        api, name = self._api(request)["id"], request["stageName"]
        if not re.fullmatch(r"\w{1,128}", name, re.ASCII):
            raise invalid("Stage name only allows a-zA-Z0-9_")
        self._deployment(api, request["deploymentId"])
        stage = {key: value for key, value in request.items() if key != "restApiId"}
        stage |= {"createdDate": self._now(), "lastUpdatedDate": self._now(), "methodSettings": {}}
        if not self.stages.add(f"{api}/{name}", stage | {"_api": api}):
            raise invalid("Stage already exists")
        return stage

    def update_stage(self, request: dict) -> dict:
        api = self._api(request)["id"]
        self.stage(api, request["stageName"])

        def change(stage: dict) -> None:
            for patch in request.get("patchOperations", []):
                if patch["path"] == "/deploymentId":
                    stage["deploymentId"] = self._deployment(api, patch["value"])["id"]
                elif setting := _THROTTLING.fullmatch(patch["path"]):
                    settings = stage["methodSettings"].setdefault("*/*", {})
                    settings[f"throttling{setting[1][0].upper()}{setting[1][1:]}"] = number(patch)
                else:
                    raise not_done(f"UpdateStage of {patch['path']}")
            stage["lastUpdatedDate"] = self._now()

        return public(self.stages.update(f"{api}/{request['stageName']}", change))

    def get_stages(self, request: dict) -> dict:
        return {"item": [public(stage) for stage in self._stages(self._api(request)["id"])]}

    def stage(self, api: str, name: str) -> dict:
        """Return a stage.

        Raises:
            AwsError: NotFoundException.
        """
        if (stage := self.stages.get(f"{api}/{name}")) is None:
            raise not_found("Invalid stage identifier specified")
        return stage

    def serving(self, api: str, stage: dict) -> Api:
        """Return what a stage's deployment says."""
        deployment = self._deployment(api, stage["deploymentId"])
        return _read(json.dumps(deployment["_document"]))

    def _api(self, request: dict) -> dict:
        if (api := self.apis.get(request["restApiId"])) is None:
            raise not_found("Invalid API identifier specified")
        return api

    def _deployment(self, api: str, name: str) -> dict:
        if (deployment := self._deployments.get(f"{api}/{name}")) is None:
            raise not_found("Invalid Deployment identifier specified")
        return deployment

    def _stages(self, api: str) -> list[dict]:
        return [stage for stage in self.stages if stage["_api"] == api]

    def _now(self):
        return self.parts.clock.now()


@lru_cache(32)
def _read(document: str) -> Api:
    return openapi.read(document.encode())


def new_id() -> str:
    """Return an identifier as API Gateway has them: ten small letters and digits."""
    return hashlib.sha256(secrets.token_bytes()).hexdigest()[:10]


def number(patch: dict) -> float:
    """Return the number of a patch, which is a text.

    Raises:
        AwsError: BadRequestException, it is none.
    """
    try:
        return float(patch["value"])
    except (KeyError, ValueError):
        raise invalid(f"Invalid value for {patch['path']}") from None


def page(request: dict, items: list[dict]) -> dict:
    """Return a page of a list: from `position` on, at most `limit` items.

    Raises:
        AwsError: BadRequestException; botocore's model has no bounds.
    """
    if not 1 <= request.get("limit", PAGE) <= MOST:
        raise invalid(f"Invalid limit: from 1 to {MOST}")
    refused = invalid("Invalid position")
    return positions.page(items, request, "items", PAGE, refused, most="limit", token="position")
