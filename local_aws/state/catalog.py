"""The Glue Data Catalog: databases, tables and partitions in a file; knows nothing of S3 or SQL.

Left out: table versions (every table is at version 0), column statistics, user-defined functions,
connections, Lake Formation permissions, federated catalogs (CatalogId is kept, not used).
"""

import re
from datetime import datetime
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.state.clock import Clock
from local_aws.state.documents import Documents
from local_aws.state.positions import page

SEPARATOR = "\x1f"


def _missing(kind: str, name: str) -> AwsError:
    return AwsError("EntityNotFoundException", f"{kind} {name} not found.")


def _page(items: list[dict], name: str, request: dict, limit: int = 100) -> dict:
    """Return one page of a listing."""
    refused = AwsError("InvalidInputException", "The NextToken is not valid.")
    return page(items, request, name, limit, refused)


def _segment(items: list[dict], segment: dict | None) -> list[dict]:
    """Return a client's segment of a listing that several clients read in parallel."""
    if segment is None:
        return items
    number, count = segment["SegmentNumber"], segment["TotalSegments"]
    if number >= count:
        message = f"SegmentNumber {number} must be below TotalSegments {count}."
        raise AwsError("InvalidInputException", message)
    return items[number::count]


def _matches(pattern: str | None, name: str) -> bool:
    return not pattern or re.fullmatch(pattern, name, re.IGNORECASE) is not None


class Catalog:
    """Glue's catalog operations, request in, answer out."""

    def __init__(self, root: Path, clock: Clock, account: str = "000000000000"):
        self._documents = Documents(root / "catalog.sqlite")
        self._account, self._clock = account, clock

    def _database(self, name: str) -> dict:
        body = self._documents.get("database", name.lower())
        if body is None:
            raise _missing("Database", name)
        return body

    def _table(self, database: str, name: str) -> dict:
        self._database(database)
        body = self._documents.get("table", self._key(database, name))
        if body is None:
            raise _missing("Table", name)
        return body

    @staticmethod
    def _key(*parts: str) -> str:
        return SEPARATOR.join([parts[0].lower(), parts[1].lower(), *parts[2:]])

    # Databases

    def create_database(self, request: dict) -> dict:
        """Create a database."""
        definition = request["DatabaseInput"]
        name = definition["Name"].lower()
        if self._documents.get("database", name):
            raise AwsError("AlreadyExistsException", "Database already exists.")
        body = {
            **definition,
            "Name": name,
            "CreateTime": self._clock.now(),
            "CatalogId": self._account,
        }
        self._documents.put("database", name, body)
        return {}

    def get_database(self, request: dict) -> dict:
        """Return one database."""
        return {"Database": self._database(request["Name"])}

    def get_databases(self, request: dict) -> dict:
        """Return all databases, by pages."""
        return _page(
            [body for _, body in self._documents.items("database")], "DatabaseList", request
        )

    def update_database(self, request: dict) -> dict:
        """Replace a database's definition."""
        old = self._database(request["Name"])
        kept = {name: old[name] for name in ("Name", "CreateTime", "CatalogId")}
        self._documents.put("database", old["Name"], {**request["DatabaseInput"], **kept})
        return {}

    def delete_database(self, request: dict) -> dict:
        """Delete a database with its tables and partitions."""
        name = self._database(request["Name"])["Name"]
        with self._documents.transaction():
            for kind in ("partition", "table"):
                self._documents.delete_prefix(kind, name + SEPARATOR)
            self._documents.delete("database", name)
        return {}

    # Tables

    def create_table(self, request: dict) -> dict:
        """Create a table or a view."""
        definition = request["TableInput"]
        database = self._database(request["DatabaseName"])["Name"]
        if self._documents.get("table", self._key(database, definition["Name"])):
            raise AwsError("AlreadyExistsException", "Table already exists.")
        self._write_table(database, definition, self._clock.now())
        return {}

    def _write_table(self, database: str, definition: dict, created: datetime) -> None:
        body = {
            "PartitionKeys": [],
            "Parameters": {},
            **definition,
            "Name": definition["Name"].lower(),
            "DatabaseName": database,
            "CreateTime": created,
            "UpdateTime": self._clock.now(),
            "CatalogId": self._account,
            "VersionId": "0",
            "IsRegisteredWithLakeFormation": False,
        }
        self._documents.put("table", self._key(database, definition["Name"]), body)

    def get_table(self, request: dict) -> dict:
        """Return one table."""
        return {"Table": self._table(request["DatabaseName"], request["Name"])}

    def get_tables(self, request: dict) -> dict:
        """Return a database's tables, by pages; Expression is a pattern for the whole name."""
        database = self._database(request["DatabaseName"])["Name"]
        tables = [
            body
            for _, body in self._documents.items("table", database + SEPARATOR)
            if _matches(request.get("Expression"), body["Name"])
        ]
        return _page(tables, "TableList", request)

    def search_tables(self, request: dict) -> dict:
        """Return the tables of all databases whose name contains SearchText."""
        text = (request.get("SearchText") or "").strip('"').lower()
        tables = [body for _, body in self._documents.items("table") if text in body["Name"]]
        return _page(tables, "TableList", request)

    def update_table(self, request: dict) -> dict:
        """Replace a table's definition."""
        definition = request["TableInput"]
        old = self._table(request["DatabaseName"], definition["Name"])
        self._write_table(old["DatabaseName"], definition, old["CreateTime"])
        return {}

    def delete_table(self, request: dict) -> dict:
        """Delete a table and its partitions; the data stay where they are."""
        table = self._table(request["DatabaseName"], request["Name"])
        key = self._key(table["DatabaseName"], table["Name"])
        with self._documents.transaction():
            self._documents.delete_prefix("partition", key + SEPARATOR)
            self._documents.delete("table", key)
        return {}

    # Partitions

    def _partition_key(self, table: dict, values: list[str]) -> str:
        return self._key(table["DatabaseName"], table["Name"], *values)

    def _partition_body(self, table: dict, definition: dict) -> dict:
        if len(definition["Values"]) != len(table["PartitionKeys"]):
            raise AwsError(
                "InvalidInputException",
                "The number of partition keys do not match the number of partition values",
            )
        names = {"DatabaseName": table["DatabaseName"], "TableName": table["Name"]}
        return {
            "CreationTime": self._clock.now(),
            **definition,
            **names,
            "CatalogId": self._account,
        }

    def batch_create_partition(self, request: dict) -> dict:
        """Create several partitions; those that exist are listed as errors."""
        table = self._table(request["DatabaseName"], request["TableName"])
        known = {key for key, _ in self._partitions(table)}
        new, errors = {}, []
        for definition in request["PartitionInputList"]:
            body = self._partition_body(table, definition)
            key = self._partition_key(table, body["Values"])
            if key in known or key in new:
                detail = _detail("AlreadyExistsException", "Partition already exists.")
                errors.append({"PartitionValues": body["Values"], "ErrorDetail": detail})
            else:
                new[key] = body
        self._documents.put_many("partition", list(new.items()))
        return {"Errors": errors}

    def _partitions(self, table: dict) -> list[tuple[str, dict]]:
        prefix = self._key(table["DatabaseName"], table["Name"]) + SEPARATOR
        return self._documents.items("partition", prefix)

    def get_partitions(self, request: dict) -> dict:
        """Return a table's partitions, by pages; Expression filters on the partition keys."""
        table = self._table(request["DatabaseName"], request["TableName"])
        kept = [body for _, body in self._partitions(table)]
        if expression := request.get("Expression"):
            # Imported here: DuckDB and Arrow would make every start of the server longer.
            from local_aws.state.partition_filter import matching

            kept = matching(table["PartitionKeys"], kept, expression)
        if request.get("ExcludeColumnSchema"):
            for storage in (body.get("StorageDescriptor", {}) for body in kept):
                storage.pop("Columns", None)
        return _page(_segment(kept, request.get("Segment")), "Partitions", request)

    def update_partition(self, request: dict) -> dict:
        """Replace a partition, under other values too, in one change."""
        table = self._table(request["DatabaseName"], request["TableName"])
        old, body = request["PartitionValueList"], request["PartitionInput"]
        with self._documents.transaction():
            if not self._documents.delete("partition", self._partition_key(table, old)):
                raise AwsError("EntityNotFoundException", "Cannot find partition.")
            key = self._partition_key(table, body["Values"])
            if self._documents.get("partition", key):
                raise AwsError("AlreadyExistsException", "Partition already exists.")
            self._documents.put("partition", key, self._partition_body(table, body))
        return {}

    def batch_delete_partition(self, request: dict) -> dict:
        """Delete several partitions; those that don't exist are listed as errors."""
        table, errors = self._table(request["DatabaseName"], request["TableName"]), []
        with self._documents.transaction():
            for each in request["PartitionsToDelete"]:
                key = self._partition_key(table, each["Values"])
                if not self._documents.delete("partition", key):
                    detail = _detail("EntityNotFoundException", "Cannot find partition.")
                    errors.append({"PartitionValues": each["Values"], "ErrorDetail": detail})
        return {"Errors": errors}


def _detail(code: str, message: str) -> dict:
    return {"ErrorCode": code, "ErrorMessage": message}
