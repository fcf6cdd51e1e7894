"""Changes of the index are made whole or not at all, nested ones with their outer one."""

import pytest

from local_aws.state.objects.index import Index

ADD = "INSERT INTO buckets VALUES (?, 0, '')"


@pytest.fixture
def index(tmp_path):
    made = Index(tmp_path / "index.sqlite")
    yield made
    made.close()


def names(index) -> list[str]:
    return [name for (name,) in index.rows("SELECT name FROM buckets ORDER BY name")]


def test_a_statement_by_itself_is_there_for_another_connection(index, tmp_path):
    index.rows(ADD, "birds")
    other = Index(tmp_path / "index.sqlite")
    assert names(other) == ["birds"]
    other.close()


def test_a_change_that_fails_leaves_nothing_of_its_statements(index):
    with pytest.raises(KeyError), index.transaction():
        index.rows(ADD, "birds")
        raise KeyError
    assert names(index) == []


def test_a_nested_change_is_undone_with_the_outer_one(index):
    with pytest.raises(KeyError), index.transaction():
        with index.transaction():
            index.rows(ADD, "birds")
        raise KeyError
    assert names(index) == []


def test_the_first_row_is_none_where_there_is_none(index):
    assert index.row("SELECT name FROM buckets") is None
    index.rows(ADD, "birds")
    assert index.row("SELECT name FROM buckets") == ("birds",)
