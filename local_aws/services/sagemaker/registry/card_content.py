"""Checks a model card's content against AWS's model card schema; keeps no card.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-json-schema.html
Checked: sections, their fields, types, lengths and choices. Left out: the contents of inference
specifications and package details.
"""

import json

from local_aws.errors import AwsError

TEXT = (str, 2048)
LINE = (str, 1024)
STRINGS = (list, None)
ANY = (object, None)
SECTIONS: dict[str, dict[str, tuple]] = {
    "model_overview": {
        **dict.fromkeys(("model_description", "model_creator", "algorithm_type"), LINE),
        **dict.fromkeys(("model_owner", "model_id", "model_name", "problem_type"), LINE),
        **{"model_version": (int | float, None), "inference_environment": (dict, None)},
        "model_artifact": STRINGS,
    },
    "model_package_details": dict.fromkeys(
        (
            "model_package_description", "model_package_arn", "created_by", "model_package_status",
            "model_approval_status", "approval_description", "model_package_group_name",
            "model_package_name", "model_package_version", "domain", "task",
            "source_algorithms", "inference_specification",
        ),
        ANY,
    ),
    "intended_uses": {
        **dict.fromkeys(("purpose_of_model", "intended_uses"), TEXT),
        **dict.fromkeys(("factors_affecting_model_efficiency", "risk_rating"), TEXT),
        "explanations_for_risk_rating": TEXT,
    },
    "business_details": dict.fromkeys(
        ("business_problem", "business_stakeholders", "line_of_business"), TEXT
    ),
    "training_details": {
        "objective_function": (dict, None),
        "training_observations": LINE,
        "training_job_details": (dict, None),
    },
    "additional_information": {
        **dict.fromkeys(("ethical_considerations", "caveats_and_recommendations"), TEXT),
        "custom_details": (dict, None),
    },
}  # fmt: skip
EVALUATION = {
    "name": (str, 63),
    "evaluation_observation": (str, 2096),
    "evaluation_job_arn": (str, 256),
    "datasets": STRINGS,
    "metadata": (dict, None),
    "metric_groups": STRINGS,
}
METRIC_TYPES = ("number", "string", "boolean", "linear_graph", "bar_chart", "matrix")
METADATA = (
    ("model_overview", "model_id"),
    ("model_overview", "model_name"),
    ("intended_uses", "risk_rating"),
    ("model_package_details", "model_package_group_name"),
    ("model_package_details", "model_package_arn"),
)
RISKS = ("High", "Medium", "Low", "Unknown")
OF_PACKAGE = {"model_creator", "model_artifact"}
"""The fields of model_overview in a model package's card; the package has the others."""


def check_content(text: str, *, of_package: bool = False) -> dict:
    """Parse a card and check it against the schema.

    Args:
        of_package: use the simpler schema of a model package's card.

    Raises:
        AwsError: the card is not a JSON object, or violates the schema; the message says where.
    """
    try:
        card = json.loads(text)
    except ValueError as error:
        raise _wrong(f"it is not JSON: {error}") from None
    if not isinstance(card, dict):
        raise _wrong("it is not a JSON object")
    for name, section in card.items():
        if name == "evaluation_details":
            _check_evaluations(section)
        elif name not in SECTIONS or of_package and name == "model_package_details":
            raise _wrong(f"extraneous key [{name}] is not permitted")
        else:
            _check_fields(name, section, SECTIONS[name])
    if of_package and (more := card.get("model_overview", {}).keys() - OF_PACKAGE):
        raise _wrong(f"#/model_overview: extraneous key [{min(more)}] is not permitted")
    if (risk := card.get("intended_uses", {}).get("risk_rating")) not in (None, *RISKS):
        raise _wrong(f"#/intended_uses/risk_rating: {risk} is not one of {', '.join(RISKS)}")
    return card


def only_metadata(text: str) -> str:
    """Return the part of a card's content that IncludedData=MetadataOnly keeps."""
    content, kept = json.loads(text), {}
    for section, field in METADATA:
        if field in content.get(section, {}):
            kept.setdefault(section, {})[field] = content[section][field]
    return json.dumps(kept)


def _check_fields(path: str, value: object, fields: dict[str, tuple]) -> None:
    if not isinstance(value, dict):
        raise _wrong(f"#/{path}: expected type: JSONObject")
    for name, item in value.items():
        if name not in fields:
            raise _wrong(f"#/{path}: extraneous key [{name}] is not permitted")
        kind, most = fields[name]
        if not isinstance(item, kind):
            raise _wrong(f"#/{path}/{name}: it has the wrong type")
        if most and len(item) > most:
            raise _wrong(f"#/{path}/{name}: expected maxLength: {most}, actual: {len(item)}")


def _check_evaluations(details: object) -> None:
    if not isinstance(details, list):
        raise _wrong("#/evaluation_details: expected type: JSONArray")
    for index, each in enumerate(details):
        path = f"evaluation_details/{index}"
        _check_fields(path, each, EVALUATION)
        if not each.get("name"):
            raise _wrong(f"#/{path}: required key [name] not found")
        for group in each.get("metric_groups", []):
            _check_group(path, group)


def _check_group(path: str, group: dict) -> None:
    if not isinstance(group, dict) or not {"name", "metric_data"} <= group.keys():
        raise _wrong(f"#/{path}/metric_groups: a group has a name and metric_data")
    if not 1 <= len(group["name"]) <= 63:
        raise _wrong(f"#/{path}/metric_groups: a group's name has 1 to 63 characters")
    for metric in group["metric_data"]:
        if not {"name", "type", "value"} <= metric.keys() or metric["type"] not in METRIC_TYPES:
            kinds = ", ".join(METRIC_TYPES)
            raise _wrong(f"#/{path}/metric_groups: a metric has name, value and type ({kinds})")


def _wrong(reason: str) -> AwsError:
    return AwsError("ValidationException", f"Model card content is not valid: {reason}")
