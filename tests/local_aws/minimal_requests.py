"""Makes the smallest valid request of an operation: required members, short values."""

from datetime import UTC, datetime

from botocore.model import OperationModel, Shape

TEXT = "aaaaaaaa"
BY_NAME = {"QueueUrl": "http://127.0.0.1/queue", "AccountId": "000000000000", "Protocol": "sqs"}
"""What boto3 itself looks into, before it sends anything, and the one protocol of SNS that is done:
the model has no list of them."""


def value(shape: Shape, name: str = "", above: tuple[str, ...] = ()):
    """Return a value of a shape; `above` are the shapes around it."""
    kind = shape.type_name
    if kind == "structure":
        names = shape.required_members
        if getattr(shape, "is_tagged_union", False):
            names = [min(shape.members, key=lambda each: _depth(shape.members[each], above))]
        return {each: value(shape.members[each], each, (*above, shape.name)) for each in names}
    least = int(shape.metadata.get("min", 0))
    if kind == "list":
        return [value(shape.member, name, (*above, shape.name)) for _ in range(max(least, 1))]
    if kind == "map":
        return {f"{TEXT}{n}": value(shape.value, name, above) for n in range(least)}
    if kind == "string":
        return BY_NAME.get(name) or (getattr(shape, "enum", None) or [TEXT.ljust(least, "a")])[0]
    if kind in ("integer", "long"):
        return least
    plain = {"boolean": False, "timestamp": datetime(2026, 1, 1, tzinfo=UTC), "blob": b"a" * least}
    return plain.get(kind, float(least))


def _depth(shape: Shape, above: tuple[str, ...]) -> int:
    """Return the depth of a shape, which is infinite for a recursive one."""
    if shape.name in above or len(above) > 20:
        return 99
    inside = {
        "structure": lambda: [shape.members[each] for each in shape.required_members],
        "list": lambda: [shape.member],
    }.get(shape.type_name, list)()
    return 1 + max((_depth(each, (*above, shape.name)) for each in inside), default=0)


def request(operation: OperationModel) -> dict:
    """Return the smallest request of an operation."""
    return value(operation.input_shape) if operation.input_shape else {}
