"""Glue's Data Catalog as an engine over `state/catalog.py`, which Athena reads too; no jobs."""

from collections.abc import Callable

from botocore import xform_name

from local_aws.parts import Engine

OPERATIONS = {
    "glue": (
        "BatchCreatePartition",
        "BatchDeletePartition",
        "BatchDeleteTable",
        "BatchGetPartition",
        "CreateDatabase",
        "CreatePartition",
        "CreateTable",
        "DeleteDatabase",
        "DeletePartition",
        "DeleteTable",
        "GetDatabase",
        "GetDatabases",
        "GetPartition",
        "GetPartitions",
        "GetTable",
        "GetTables",
        "SearchTables",
        "UpdateDatabase",
        "UpdatePartition",
        "UpdateTable",
    ),
}


class DataCatalog(Engine):
    """Executes the catalog's operations."""

    name, operations = "catalog", OPERATIONS

    def method(self, operation: str) -> Callable[[dict], dict]:
        """Return the method that executes an operation."""
        return getattr(self.parts.catalog, xform_name(operation))
