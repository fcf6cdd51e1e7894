"""Makes a table of partitioned Parquet in Glue's catalog, and turns it to another folder.

Takes a client of Glue; knows no data set and no Spark.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

PARQUET = "org.apache.hadoop.hive.ql.io.parquet."
FORMAT = {
    "InputFormat": f"{PARQUET}MapredParquetInputFormat",
    "OutputFormat": f"{PARQUET}MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": f"{PARQUET}serde.ParquetHiveSerDe"},
}


def folder_of(file: str) -> str:
    """Return the folder of a file that Spark's `input_file_name` names, which is a URI.

    Spark escapes a value in a folder's name (`day=a%3D1`), and the URI escapes that name again.
    """
    return f"{unquote(file).rpartition('/')[0]}/"


@dataclass(frozen=True)
class CatalogTable:
    """One table: its names, its columns by their Hive types, and the column of its partitions."""

    glue: Any
    database: str
    name: str
    columns: Mapping[str, str]
    partition: str

    def location(self) -> str | None:
        """Return the folder of the table's rows, None where there is no table."""
        try:
            table = self.glue.get_table(DatabaseName=self.database, Name=self.name)["Table"]
        except self.glue.exceptions.EntityNotFoundException:
            return None
        return table["StorageDescriptor"]["Location"]

    def turn(self, folder: str, partitions: Mapping[str, str]) -> None:
        """Make the table, or turn it to another folder.

        The table's own location changes last: whoever ends before has not turned it.

        Args:
            partitions: the folder of each value.
        """
        if self.location() is None:
            parent = folder.rstrip("/").rpartition("/")[0]
            self.glue.create_table(DatabaseName=self.database, TableInput=self._input(parent))
        names = {"DatabaseName": self.database, "TableName": self.name}
        pages = self.glue.get_paginator("get_partitions").paginate(**names)
        old = [{"Values": each["Values"]} for page in pages for each in page["Partitions"]]
        for start in range(0, len(old), 25):
            part = old[start : start + 25]
            self.glue.batch_delete_partition(**names, PartitionsToDelete=part)
        new = [
            {"Values": [value], "StorageDescriptor": self._storage(place)}
            for value, place in sorted(partitions.items())
        ]
        for start in range(0, len(new), 100):
            part = new[start : start + 100]
            self.glue.batch_create_partition(**names, PartitionInputList=part)
        self.glue.update_table(DatabaseName=self.database, TableInput=self._input(folder))

    def _storage(self, folder: str) -> dict:
        columns = [
            {"Name": name, "Type": kind}
            for name, kind in self.columns.items()
            if name != self.partition
        ]
        return {**FORMAT, "Columns": columns, "Location": folder}

    def _input(self, folder: str) -> dict:
        key = {"Name": self.partition, "Type": self.columns[self.partition]}
        return {
            "Name": self.name, "TableType": "EXTERNAL_TABLE", "PartitionKeys": [key],
            "Parameters": {"classification": "parquet"}, "StorageDescriptor": self._storage(folder),
        }  # fmt: skip
