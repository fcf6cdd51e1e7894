"""Athena's view of the Glue catalog: data catalogs, databases and table metadata."""

import re

from local_aws.errors import AwsError
from local_aws.services.athena.tables.schemas import pages, tables_of

CATALOG = "AwsDataCatalog"


class Metadata:
    """The one data catalog, AwsDataCatalog, and what is in it."""

    def __init__(self, catalog):
        self._catalog = catalog

    def _check(self, name: str) -> None:
        if name.lower() != CATALOG.lower():
            raise AwsError("InvalidRequestException", f"DataCatalog {name} was not found")

    def get_data_catalog(self, request: dict) -> dict:
        """Return the data catalog."""
        self._check(request["Name"])
        return {"DataCatalog": {"Name": CATALOG, "Type": "GLUE", "Parameters": {}}}

    def list_data_catalogs(self, request: dict) -> dict:
        """Return the one data catalog."""
        return {"DataCatalogsSummary": [{"CatalogName": CATALOG, "Type": "GLUE"}]}

    def _database(self, body: dict) -> dict:
        names = ("Name", "Description", "Parameters")
        return {name: body[name] for name in names if name in body}

    def get_database(self, request: dict) -> dict:
        """Return one database."""
        self._check(request["CatalogName"])
        try:
            body = self._catalog.get_database({"Name": request["DatabaseName"]})["Database"]
        except AwsError as error:
            raise AwsError("MetadataException", error.message) from None
        return {"Database": self._database(body)}

    def list_databases(self, request: dict) -> dict:
        """Return the databases, by pages."""
        self._check(request["CatalogName"])
        found = pages(self._catalog.get_databases, {}, "DatabaseList")
        return _page([self._database(body) for body in found], "DatabaseList", request)

    def get_table_metadata(self, request: dict) -> dict:
        """Return one table."""
        self._check(request["CatalogName"])
        try:
            wanted = {"DatabaseName": request["DatabaseName"], "Name": request["TableName"]}
            table = self._catalog.get_table(wanted)["Table"]
        except AwsError as error:
            raise AwsError("MetadataException", error.message) from None
        return {"TableMetadata": table_metadata(table)}

    def list_table_metadata(self, request: dict) -> dict:
        """Return a database's tables, by pages; Expression is a pattern within the name."""
        self._check(request["CatalogName"])
        try:
            tables = tables_of(self._catalog, request["DatabaseName"])
        except AwsError as error:
            raise AwsError("MetadataException", error.message) from None
        pattern = request.get("Expression", "")
        found = [table_metadata(t) for t in tables if re.search(pattern, t["Name"], re.IGNORECASE)]
        return _page(found, "TableMetadataList", request)


def _page(items: list[dict], name: str, request: dict) -> dict:
    start = int(request.get("NextToken") or 0)
    end = start + (request.get("MaxResults") or 50)
    more = {"NextToken": str(end)} if end < len(items) else {}
    return {name: items[start:end], **more}


def table_metadata(table: dict) -> dict:
    """Return a Glue table as Athena's TableMetadata."""

    def columns(found: list[dict]) -> list[dict]:
        names = ("Name", "Type", "Comment")
        return [{name: column[name] for name in names if column.get(name)} for column in found]

    storage = table["StorageDescriptor"]
    serde = storage.get("SerdeInfo") or {}
    parameters = dict(table["Parameters"])
    for key, value in (
        ("inputformat", storage.get("InputFormat")),
        ("location", storage.get("Location")),
        ("outputformat", storage.get("OutputFormat")),
        ("serde.serialization.lib", serde.get("SerializationLibrary")),
    ):
        if value:
            parameters[key] = value
    for key, value in (serde.get("Parameters") or {}).items():
        parameters[f"serde.param.{key}"] = value
    return {
        "Name": table["Name"],
        "CreateTime": table["CreateTime"],
        "LastAccessTime": table.get("LastAccessTime", table["CreateTime"]),
        "TableType": table.get("TableType", ""),
        "Columns": columns(storage["Columns"]),
        "PartitionKeys": columns(table["PartitionKeys"]),
        "Parameters": parameters,
    }
