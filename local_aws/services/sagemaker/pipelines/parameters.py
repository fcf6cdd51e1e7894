"""The parameters of a pipeline: their declarations, and an execution's values; runs nothing."""

from typing import Any

from local_aws.errors import AwsError

TYPES = {"String": str, "Integer": int, "Float": float, "Boolean": bool}
_BOOLEANS = {"true": True, "false": False}


def refuse(message: str) -> AwsError:
    """Return the error that refuses a request."""
    return AwsError("ValidationException", message)


def check(declared: list[dict]) -> None:
    """Refuse declarations that can't be met.

    Raises:
        AwsError: ValidationException.
    """
    names = [each.get("Name") for each in declared]
    if twice := sorted({str(name) for name in names if names.count(name) > 1}):
        raise refuse(f"Parameter names must be unique: {', '.join(twice)}")
    for each in declared:
        if each.get("Type") not in TYPES:
            raise refuse(f"Parameter {each.get('Name')} has the unknown type {each.get('Type')}")
        if (default := each.get("DefaultValue")) is not None:
            _value(each, default)


def values(declared: list[dict], given: list[dict]) -> dict[str, Any]:
    """Return the value of each parameter in an execution, in its type.

    Raises:
        AwsError: ValidationException: a value is missing, unknown, or not of its type.
    """
    texts = {each["Name"]: each["Value"] for each in given}
    names = [each["Name"] for each in declared]
    if unknown := sorted(texts.keys() - {*names}):
        raise refuse(f"Unknown pipeline parameters: {', '.join(unknown)}")
    missing = [
        each["Name"]
        for each in declared
        if each["Name"] not in texts and each.get("DefaultValue") is None
    ]
    if missing:
        raise refuse(f"Parameters without a default need a value: {', '.join(missing)}")
    return {
        each["Name"]: _value(each, texts.get(each["Name"], each.get("DefaultValue")))
        for each in declared
    }


def _value(declared: dict, given: Any) -> Any:
    """Return a parameter's value in its type, from a text or from the definition's JSON."""
    name, kind = declared["Name"], TYPES[declared["Type"]]
    wrong = refuse(f"Parameter {name} must be of type {declared['Type']}, not {given!r}")
    if isinstance(given, bool) and kind is not bool:
        raise wrong
    try:
        value = _BOOLEANS[str(given).lower()] if kind is bool else kind(given)
    except (KeyError, TypeError, ValueError):
        raise wrong from None
    enum = declared.get("EnumValues")
    if enum and value not in enum:
        raise refuse(f"Parameter {name} must be one of {', '.join(map(str, enum))}, not {value}")
    return value
