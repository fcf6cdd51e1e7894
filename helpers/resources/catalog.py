"""Databases and tables of the Glue catalog; a database has the course's tag as a property."""

from collections.abc import Iterator, Mapping

from botocore.exceptions import ClientError

from helpers.config import DATABASE, Config
from helpers.resources.kind import Kind, Resource, is_gone
from helpers.session import client


def databases(config: Config) -> Iterator[Resource]:
    """Yield all databases whose names begin as the course's: it has one for each raw data set."""
    for page in client(config, "glue").get_paginator("get_databases").paginate():
        for name in (database["Name"] for database in page["DatabaseList"]):
            if f"{name}_".startswith(f"{DATABASE}_"):
                yield Resource(name)


def properties(config: Config, database: Resource) -> Mapping[str, str]:
    """Return a database's properties."""
    return client(config, "glue").get_database(Name=database.name)["Database"].get("Parameters", {})


def delete_database(config: Config, name: str) -> None:
    """Delete a database."""
    client(config, "glue").delete_database(Name=name)


DATABASES = Kind("Glue", "database", databases, properties, delete_database, ("table",))


def tables(config: Config) -> Iterator[Resource]:
    """Yield `<database>.<table>` of all tables in the course's databases."""
    for database in DATABASES.own(config):
        pages = client(config, "glue").get_paginator("get_tables")
        try:
            for page in pages.paginate(DatabaseName=database.name):
                yield from (
                    Resource(f"{database.name}.{table['Name']}") for table in page["TableList"]
                )
        except ClientError as error:
            if not is_gone(error):
                raise


def delete_table(config: Config, name: str) -> None:
    """Delete the table `<database>.<table>`; its files stay in S3."""
    database, _, table = name.partition(".")
    client(config, "glue").delete_table(DatabaseName=database, Name=table)
