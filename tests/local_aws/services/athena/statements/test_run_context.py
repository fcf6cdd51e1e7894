"""A statement finds tables by its context, and takes back all that it did where it fails."""

import pytest

from local_aws.services.athena.failures import QueryFailed
from local_aws.state.disk import Reserve

TABLE = {"Name": "t", "TableType": "EXTERNAL_TABLE"}


def test_a_name_without_a_database_is_in_the_contexts_own(context):
    context.register("birds", TABLE, exists=False)
    assert context.qualify((None, "t")) == ("birds", "t")
    assert context.table((None, "t"))["Name"] == "t"


@pytest.mark.parametrize(
    "default, name, reason",
    [
        (None, (None, "t"), "MISSING_SCHEMA_NAME: Schema must be specified"),
        ("birds", ("bins", "t"), "SCHEMA_NOT_FOUND: Schema 'bins' does not exist"),
        ("birds", (None, "t"), "TABLE_NOT_FOUND: Table 'awsdatacatalog.birds.t' does not exist"),
    ],
)
def test_what_is_not_there_is_named(context, default, name, reason):
    context.default_database = default
    with pytest.raises(QueryFailed) as refused:
        context.table(name)
    assert refused.value.reason.startswith(reason)


def test_a_table_is_registered_once_unless_it_may_be_there(context):
    context.register("birds", TABLE, exists=False)
    context.register("birds", TABLE, exists=True)
    with pytest.raises(QueryFailed, match="AlreadyExistsException"):
        context.register("birds", TABLE, exists=False)


@pytest.mark.parametrize("only, there", [("VIRTUAL_VIEW", True), ("EXTERNAL_TABLE", False)])
def test_only_a_table_of_the_named_type_is_forgotten(context, only, there):
    context.register("birds", TABLE, exists=False)
    context.forget("birds", "t", only)
    assert context.has_table("birds", "t") == there
    context.forget("birds", "never there", only)


def test_what_was_done_is_undone_from_the_last_to_the_first_whatever_fails(context, caplog):
    undone = []
    context.undo += [lambda: undone.append(1), lambda: 1 / 0, lambda: undone.append(3)]
    context.take_back()
    assert undone == [3, 1] and context.undo == []
    assert "some of its files were not deleted" in caplog.text


def test_the_reserved_room_is_given_once_the_work_is_done(context, tmp_path):
    (tmp_path / "room").mkdir()
    context.reserve = Reserve(tmp_path / "room")
    context.done()
    assert not list((tmp_path / "room").iterdir())
