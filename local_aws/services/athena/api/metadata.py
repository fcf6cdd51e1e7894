"""Athena's metadata operations over the Glue catalog: catalogs, databases, tables; runs no SQL."""

import re

from local_aws.errors import AwsError
from local_aws.services.athena.api.paging import page
from local_aws.services.athena.api.workgroups import WorkGroups
from local_aws.services.athena.tables.information_schema import pages, tables_of
from local_aws.state.catalog import Catalog

CATALOG = "AwsDataCatalog"


class Metadata:
    """Reads the one data catalog, AwsDataCatalog, its databases and its tables."""

    def __init__(self, catalog: Catalog, workgroups: WorkGroups):
        self._catalog, self._workgroups = catalog, workgroups

    def _check(self, request: dict) -> None:
        self._workgroups.find(request.get("WorkGroup", "primary"))
        if (name := request["CatalogName"]).lower() != CATALOG.lower():
            raise AwsError("InvalidRequestException", f"DataCatalog {name} was not found")

    def list_databases(self, request: dict) -> dict:
        """Return a page of the databases."""
        self._check(request)
        bodies = pages(self._catalog.get_databases, {}, "DatabaseList")
        return page([_database(body) for body in bodies], "DatabaseList", request)

    def get_table_metadata(self, request: dict) -> dict:
        """Return one table."""
        self._check(request)
        try:
            key = {"DatabaseName": request["DatabaseName"], "Name": request["TableName"]}
            table = self._catalog.get_table(key)["Table"]
        except AwsError as error:
            raise AwsError("MetadataException", error.message) from None
        return {"TableMetadata": table_metadata(table)}

    def list_table_metadata(self, request: dict) -> dict:
        """Return a page of a database's tables; Expression is a pattern within the name."""
        self._check(request)
        try:
            tables = tables_of(self._catalog, request["DatabaseName"])
        except AwsError as error:
            raise AwsError("MetadataException", error.message) from None
        pattern = request.get("Expression", "")
        matching = [table for table in tables if re.search(pattern, table["Name"], re.IGNORECASE)]
        return page([table_metadata(table) for table in matching], "TableMetadataList", request)


def _database(body: dict) -> dict:
    names = ("Name", "Description", "Parameters")
    return {name: body[name] for name in names if name in body}


def table_metadata(table: dict) -> dict:
    """Return a Glue table as Athena's TableMetadata."""

    def columns(bodies: list[dict]) -> list[dict]:
        names = ("Name", "Type", "Comment")
        return [{name: column[name] for name in names if column.get(name)} for column in bodies]

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
