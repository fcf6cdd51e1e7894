"""Queries without tables, rewritten for DuckDB and run by it."""

import pytest

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.dialect import parse, to_sql
from local_aws.services.athena.sql.queries import QueryRewriter
from local_aws.services.athena.statements.duckdb_database import open_database


class NoTables:
    """Sources in which no table is found."""

    def open(self, node, text):
        """Refuse."""
        raise QueryFailed("TABLE_NOT_FOUND", node.name)


@pytest.fixture(scope="module")
def connection():
    """Return a connection that knows Trino's functions."""
    with open_database() as made:
        yield made


@pytest.fixture
def ask(connection):
    """Return a function that gives the rows of a query in Trino's SQL."""

    def ask(text: str) -> list[tuple]:
        tree = QueryRewriter(text, NoTables()).rewrite(parse(text), connection)
        return connection.sql(to_sql(tree)).fetchall()

    return ask
