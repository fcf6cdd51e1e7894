"""Glue's Data Catalog as an engine over `state/catalog.py`, which Athena reads too; no jobs."""

from collections.abc import Callable

from botocore import xform_name

from local_aws.parts import Engine

# What is kept as it comes and read back; Athena reads columns, places and formats.
_DATABASE = "Name Description LocationUri Parameters"
_TABLE = """Name Description Owner LastAccessTime LastAnalyzedTime Retention StorageDescriptor(*)
    PartitionKeys(*) ViewOriginalText ViewExpandedText TableType Parameters"""
OPERATIONS = {
    "glue": {
        "BatchCreatePartition": "DatabaseName TableName PartitionInputList(*)",
        "BatchDeletePartition": "DatabaseName TableName PartitionsToDelete(Values)",
        "CreateDatabase": f"DatabaseInput({_DATABASE})",
        "CreateTable": f"DatabaseName TableInput({_TABLE})",
        "DeleteDatabase": "Name",
        "DeleteTable": "DatabaseName Name",
        "GetDatabase": "Name",
        "GetDatabases": "NextToken MaxResults",
        "GetPartitions": """DatabaseName TableName Expression ExcludeColumnSchema
            Segment(SegmentNumber TotalSegments) NextToken MaxResults""",
        "GetTable": "DatabaseName Name",
        "GetTables": "DatabaseName Expression NextToken MaxResults",
        "SearchTables": "SearchText NextToken MaxResults",
        "UpdateDatabase": f"Name DatabaseInput({_DATABASE})",
        "UpdateTable": f"DatabaseName SkipArchive=true TableInput({_TABLE})",
    },
}


class DataCatalog(Engine):
    """Executes the catalog's operations."""

    name, operations = "catalog", OPERATIONS

    def method(self, operation: str) -> Callable[[dict], dict]:
        """Return the method that executes an operation."""
        return getattr(self.parts.catalog, xform_name(operation))
