"""Every executed operation states the members that it does; all others are refused by name."""

import pytest

from local_aws.operations import members, table
from local_aws.wire.members import WHOLE, left_out, read
from local_aws.wire.validation import operation_model

STATED = sorted(table())


def inside(shape):
    """Return the structure in a list or a map, or the shape itself."""
    while shape.type_name in ("list", "map"):
        shape = shape.member if shape.type_name == "list" else shape.value
    return shape


def around(shape, value):
    """Return a value of the shape inside of `shape` as one of `shape`."""
    if shape.type_name == "list":
        return [around(shape.member, value)]
    return {"k": around(shape.value, value)} if shape.type_name == "map" else value


def places(shape, done, path=()):
    """Yield each member's path, its shape, and what is stated of it, down to where all is done."""
    for name, member in shape.members.items() if shape else ():
        yield (*path, name), member, done.get(name, False)
        if isinstance(inner := done.get(name, False), dict) and WHOLE not in inner:
            yield from places(inside(member), inner, (*path, name))


def request(shape, path):
    """Return a request with one member, of a value that means something else than the usual."""
    name, *rest = path
    member = shape.members[name]
    value = request(inside(member), rest) if rest else ({} if is_structure(member) else "other")
    return {name: around(member, value)}


def is_structure(shape):
    return inside(shape).type_name == "structure"


def names(done, path=()):
    """Yield the paths of all that a statement has."""
    for name, inner in done.items():
        if name != WHOLE:
            yield (*path, name)
            yield from names(inner, (*path, name)) if isinstance(inner, dict) else ()


@pytest.mark.parametrize("service, operation", STATED)
def test_the_members_that_are_done_are_stated_in_botocores_names(service, operation):
    shape, done = operation_model(service, operation).input_shape, read(members(service, operation))
    known = {path: (member, stated) for path, member, stated in places(shape, done)}
    assert set(names(done)) <= known.keys()
    for path, (member, stated) in known.items():
        if stated is False:
            continue
        # What a structure has of tomorrow is refused, but where it is kept as it is.
        assert is_structure(member) == isinstance(stated, dict), path
        if isinstance(stated, tuple) and (values := getattr(inside(member), "enum", None)):
            assert set(stated) <= set(values), path
    required = set(shape.required_members) if shape else set()
    assert required <= done.keys(), "nobody could send a request"


@pytest.mark.parametrize("service, operation", STATED)
def test_every_member_that_is_not_stated_is_refused_with_its_name(service, operation):
    shape, statement = operation_model(service, operation).input_shape, members(service, operation)
    for path, _, stated in places(shape, read(statement)):
        refused = left_out(shape, request(shape, path), statement)
        if stated is False:
            assert refused == [".".join(path)]
        elif isinstance(stated, tuple):
            assert refused == [f"{'.'.join(path)} other ({' or '.join(stated)} is done)"]
        else:
            assert refused == []
