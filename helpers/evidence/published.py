"""The words, regions, services and AWS images that botocore and the SageMaker SDK publish."""

import json
import re
from collections import Counter
from functools import cache
from importlib.resources import files

from botocore.loaders import create_loader
from botocore.model import ServiceModel

VERSION = re.compile(r"(|py|cu|ubuntu|v)\d{1,3}(\.\d{1,3})*")
TAG_WORDS = {"amzn2", "amzn2023", "cpu", "ec2", "gpu", "inference", "latest", "py3", "sagemaker"}
OFTEN = 4
TALKATIVE = ("athena", "glue", "iam", "logs", "s3", "sagemaker")
EXTRA = {"aws", "cannot", "line", "mismatched", "resolved", "sts"}
"""Words of AWS's errors that its documentation does not have."""
PEOPLE = {"bob"}
"""Of IAM's examples."""
CODES = {
    "AuthorizationHeaderMalformed", "BadDigest", "EntityTooLarge", "EntityTooSmall",
    "InternalError", "MalformedXML", "NoSuchUpload", "PermanentRedirect", "PreconditionFailed",
    "RequestTimeTooSkewed", "SignatureDoesNotMatch", "SlowDown", "TemporaryRedirect",
}  # fmt: skip
"""Error codes of S3's documentation that no model has."""
MARKUP = re.compile(r"<[^>]*>")
EDGES = "\"'`.,:;!?()[]{}<>*=/"


@cache
def regions() -> frozenset[str]:
    """Return the regions of all partitions."""
    partitions = create_loader().load_data("partitions")["partitions"]
    return frozenset(region for each in partitions for region in each["regions"])


@cache
def services() -> frozenset[str]:
    """Return the services as they are called in ARNs and by clients."""
    return frozenset(create_loader().list_available_services("service-2"))


def service_model(service: str) -> ServiceModel:
    """Return botocore's model of a service, as boto3 names it."""
    return ServiceModel(create_loader().load_service_model(service, "service-2"), service)


@cache
def images() -> tuple[frozenset[str], frozenset[str]]:
    """Return the accounts and the repositories of AWS's own images, as the SDK lists them."""
    accounts, repositories = set(), set()
    for file in files("sagemaker.core").joinpath("image_uri_config").iterdir():
        if file.name.endswith(".json"):
            queue = [json.loads(file.read_text())]
            while queue:
                for name, value in queue.pop().items():
                    if name == "registries":
                        accounts.update(value.values())
                    elif name == "repository" and isinstance(value, str):
                        repositories.add(value)
                    elif isinstance(value, dict):
                        queue.append(value)
    return frozenset(accounts), frozenset(repositories)


def is_tag(tag: str) -> bool:
    """Tell whether a tag is made of versions and of the words that AWS's tags have."""
    return all(part in TAG_WORDS or VERSION.fullmatch(part) for part in tag.split("-"))


@cache
def words() -> frozenset[str]:
    """Return the words of AWS's own texts, in lower case: botocore's documentation of services.

    A word is one that stands alone there, and more than once or twice: no part of an example's
    key or address, and no person of an example.
    """
    counts: Counter = Counter()
    for model in map(service_model, TALKATIVE):
        texts = [model.operation_model(name).documentation for name in model.operation_names]
        for shape in map(model.shape_for, model.shape_names):
            members = getattr(shape, "members", {}).values()
            texts += [shape.documentation, *(member.documentation for member in members)]
        for text in texts:
            tokens = (token.strip(EDGES) for token in MARKUP.sub(" ", text).split())
            counts.update(token.lower() for token in tokens)
    often = (word for word, count in counts.items() if count >= OFTEN)
    return (
        frozenset(word for word in often if re.fullmatch("[a-z]+('[a-z]+)?", word)) - PEOPLE | EXTRA
    )


class Vocabulary:
    """Tells what of a service's answers was published by AWS and so is nobody's secret."""

    def __init__(self, model: ServiceModel):
        self.names: set[str] = set(model.operation_names)
        """Operations, shapes, members, enum values and error codes."""
        for name in model.shape_names:
            shape = model.shape_for(name)
            self.names |= {name, *getattr(shape, "members", ()), *getattr(shape, "enum", ())}

    def is_word(self, token: str) -> bool:
        """Tell whether a token is a name of the model, or made of words of AWS's texts."""
        if token in self.names or token.lower() in words():
            return True
        if token.endswith(("Error", "Exception")):
            return self.is_code(token)
        parts = token.split("_")
        return token.isupper() and all(part.lower() in words() for part in parts)

    def is_code(self, code: str) -> bool:
        """Tell whether an error code is one of the model's, a status, or made of AWS's words."""
        if code in self.names or code in CODES or re.fullmatch(r"\d{3}", code):
            return True
        parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+", code)
        whole = bool(code) and "".join(parts) == code
        return whole and all(part.lower() in words() for part in parts)


@cache
def vocabulary(service: str) -> Vocabulary:
    """Return the vocabulary of a service, as boto3 names it."""
    return Vocabulary(service_model(service))
