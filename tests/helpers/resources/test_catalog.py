"""A database is the course's by a property, and so are the tables in it."""

import pytest

from helpers.athena import query
from helpers.course_tag import PROPERTIES
from helpers.resources.catalog import DATABASES, delete_table, tables
from helpers.session import client


@pytest.fixture
def glue(config):
    """Return Glue with the course's database, made as `02` does, and a look-alike."""
    query(config, f"CREATE DATABASE IF NOT EXISTS {config.database} WITH DBPROPERTIES {PROPERTIES}")
    glue = client(config, "glue")
    glue.create_database(DatabaseInput={"Name": "birds_and_bins_theirs"})
    for name in (config.database, "birds_and_bins_theirs"):
        glue.create_table(DatabaseName=name, TableInput={"Name": "t"})
    return glue


def test_the_property_that_athena_sets_marks_the_database_and_its_tables(config, glue):
    assert [each.name for each in DATABASES.own(config)] == [config.database]
    assert [each.name for each in tables(config)] == [f"{config.database}.t"]
    assert [name for name, _ in DATABASES.look_alikes(config)] == ["birds_and_bins_theirs"]


def test_a_table_and_its_database_go_and_the_look_alike_stays(config, glue):
    delete_table(config, f"{config.database}.t")
    DATABASES.delete(config, config.database)
    names = [each["Name"] for each in glue.get_databases()["DatabaseList"]]
    assert names == ["birds_and_bins_theirs"]
    assert glue.get_table(DatabaseName="birds_and_bins_theirs", Name="t")
