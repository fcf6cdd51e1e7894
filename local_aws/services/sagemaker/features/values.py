"""The values of a record by the features of its group: checked, typed, timed; keeps none of them.

AWS publishes no wording of what it refuses here: the words are our own, the code is AWS's.
"""

import math
import re
from datetime import UTC, datetime

from local_aws.errors import AwsError

INTEGER = re.compile(r"[+-]?[0-9]+")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
MOMENT = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}(\.[0-9]{3})?Z")
FORMATS = "yyyy-MM-dd'T'HH:mm:ssZ or yyyy-MM-dd'T'HH:mm:ss.SSSZ"


def refused(message: str) -> AwsError:
    """Return the error of the Feature Store's runtime for a request that is not valid."""
    return AwsError("ValidationError", f"Validation Error: {message}")


def features(group: dict) -> dict[str, str]:
    """Return the types of a group's features by their names, in the group's order."""
    return {each["FeatureName"]: each["FeatureType"] for each in group["FeatureDefinitions"]}


def checked(group: dict, record: list[dict]) -> dict[str, str]:
    """Return the values of a record by their features; a feature without a value is left out.

    Raises:
        AwsError: a feature is unknown, twice there, missing or of another type.
    """
    types, texts = features(group), {}
    for value in record:
        name = value["FeatureName"]
        if name not in types:
            raise refused(f"FeatureGroup {group['FeatureGroupName']} has no feature {name!r}.")
        if name in texts:
            raise refused(f"The record has the feature {name!r} twice.")
        if "ValueAsString" in value:
            texts[name] = value["ValueAsString"]
    for role in ("RecordIdentifierFeatureName", "EventTimeFeatureName"):
        if not texts.get(group[role]):
            raise refused(f"The record has no value of {group[role]!r}, its {role}.")
    for name, text in texts.items():
        if name != group["EventTimeFeatureName"]:
            typed(name, types[name], text)
    moment(group, texts[group["EventTimeFeatureName"]])
    return texts


def typed(name: str, kind: str, text: str) -> int | float | str:
    """Return a value in its feature's type: Integral is a 64-bit integer, Fractional a double.

    Raises:
        AwsError: the text is no value of the type.
    """
    if kind == "Integral" and INTEGER.fullmatch(text) and -(2**63) <= int(text) < 2**63:
        return int(text)
    if kind == "Fractional" and NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    if kind == "String":
        return text
    raise refused(f"The value {text!r} of the feature {name!r} is not of the type {kind}.")


def moment(group: dict, text: str) -> float:
    """Return an event time in seconds since 1970: a number if Fractional, else an ISO-8601 text.

    Raises:
        AwsError: the text has another form, or no calendar has that time.
    """
    name = group["EventTimeFeatureName"]
    try:
        if features(group)[name] == "Fractional":
            if NUMBER.fullmatch(text) and datetime.fromtimestamp(float(text), UTC):
                return float(text)
        elif MOMENT.fullmatch(text):
            return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        pass
    raise refused(
        f"The event time {text!r} of the feature {name!r} is neither a Unix timestamp in seconds "
        f"(Fractional) nor in the format {FORMATS} (String)."
    )
