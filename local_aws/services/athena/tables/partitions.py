"""Finds the partitions and files of a table that a WHERE needs; reads no file."""

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import duckdb
from sqlglot import exp, parse_one

from local_aws.errors import AwsError
from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.tables.readers import DataFile
from local_aws.state.catalog import Catalog
from local_aws.state.objects.store import ObjectStore
from local_aws.state.partition_filter import NULL_PARTITION, keep

HIDDEN = re.compile(r"(^|/)[_.]")
"""A file, or a folder above it, whose name begins so."""
_ESCAPED_IN_FOLDERS = re.compile(r"""[\x00-\x1f"#%'*/:=?\\\x7f{[\]^]""")
_RANGE = re.compile(r"NOW(?:\s*([+-])\s*(\d+)\s*(YEARS?|MONTHS?|WEEKS?|DAYS?|HOURS?|MINUTES?))?")
_JAVA = (("yyyy", "%Y"), ("MM", "%m"), ("dd", "%d"), ("HH", "%H"), ("mm", "%M"), ("ss", "%S"))


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key prefix of an s3:// address.

    Raises:
        QueryFailed: the address is not valid.
    """
    match = re.fullmatch(r"s3[an]?://([^/]+)/?(.*)", uri)
    if not match:
        raise QueryFailed("INVALID_PROPERTY_VALUE", f"'{uri}' is not an S3 location")
    return match[1], match[2]


def list_files(store: ObjectStore, uri: str, values: tuple = ()) -> Iterator[DataFile]:
    """Yield the data files below a location, without empty and hidden ones."""
    bucket, prefix = split_uri(uri)
    folder = prefix if not prefix or prefix.endswith("/") else prefix + "/"
    try:
        for info in store.list(bucket, folder):
            if info.size and not HIDDEN.search(info.key[len(folder) :]):
                yield DataFile(info.path, f"s3://{bucket}/{info.key}", info.size, values)
    except AwsError as error:
        message = f"Error: The specified bucket does not exist ({bucket})"
        raise QueryFailed("HIVE_METASTORE_ERROR", message) from error


def folder_name(value: str | None) -> str:
    """Return a partition key's value as it stands in a folder's name.

    The characters that are escaped are those of Hive and Trino (`Partitions.escapePathName`).
    """
    text = _ESCAPED_IN_FOLDERS.sub(lambda match: f"%{ord(match[0]):02X}", value or "")
    return text or NULL_PARTITION


def all_partitions(catalog: Catalog, table: dict) -> list[dict]:
    """Return every registered partition of a table."""
    request = {"DatabaseName": table["DatabaseName"], "TableName": table["Name"]}
    partitions: list[dict] = []
    token = None
    while True:
        answer = catalog.get_partitions({**request, "NextToken": token, "MaxResults": 10_000})
        partitions += answer["Partitions"]
        token = answer.get("NextToken")
        if not token:
            return partitions


def partitions_of(catalog: Catalog, table: dict, condition: str | None = None) -> list[dict]:
    """Return a table's partitions: those of its projection if that is enabled, else all."""
    if table["Parameters"].get("projection.enabled", "").lower() == "true":
        return projected(table, condition)
    return all_partitions(catalog, table)


def table_files(
    catalog: Catalog, store: ObjectStore, table: dict, condition: str | None
) -> list[DataFile]:
    """Return the files of the partitions that fulfill a condition on the partition keys."""
    location = table["StorageDescriptor"].get("Location", "")
    keys = table["PartitionKeys"]
    if not keys:
        return list(list_files(store, location))
    partitions = partitions_of(catalog, table, condition)
    if condition and partitions:
        try:
            partitions = keep(keys, partitions, condition, NULL_PARTITION)
        except duckdb.Error:
            pass  # the condition can't be decided by the keys alone: read all partitions
    return [
        file
        for partition in partitions
        for file in list_files(
            store, partition["StorageDescriptor"]["Location"], tuple(partition["Values"])
        )
    ]


def prunable(select: exp.Select, alias: str, keys: list[str]) -> str | None:
    """Return the part of a WHERE with this table's partition keys alone, as DuckDB's SQL."""
    where = select.args.get("where")
    if not where or not keys:
        return None
    kept = []
    for part in where.this.flatten() if isinstance(where.this, exp.And) else [where.this]:
        columns = list(part.find_all(exp.Column))
        ours = all(
            column.name.lower() in keys and column.table.lower() in ("", alias.lower())
            for column in columns
        )
        if columns and ours and not part.find(exp.Query, exp.Anonymous):
            bare = part.copy()
            for column in bare.find_all(exp.Column):
                column.set("table", None)
            kept.append(bare.sql(dialect="duckdb"))
    return " AND ".join(f"({text})" for text in kept) or None


def projected(table: dict, condition: str | None = None) -> list[dict]:
    """Return the partitions that a table's projection properties describe.

    Args:
        condition: the one of a query, which gives the values of injected keys.
    """
    properties = table["Parameters"]
    location = table["StorageDescriptor"]["Location"].rstrip("/")
    default = "/".join(f"{key['Name']}=${{{key['Name']}}}" for key in table["PartitionKeys"])
    template = properties.get("storage.location.template", f"{location}/{default}/")
    names = [key["Name"] for key in table["PartitionKeys"]]
    choices = [_projected_values(properties, name, condition) for name in names]
    partitions = []
    for values in itertools.product(*choices):
        uri = template
        for key, value in zip(table["PartitionKeys"], values, strict=True):
            uri = uri.replace(f"${{{key['Name']}}}", value)
        partitions.append({"Values": list(values), "StorageDescriptor": {"Location": uri}})
    return partitions


def _projected_values(properties: dict, name: str, condition: str | None) -> list[str]:
    prefix = f"projection.{name}."
    kind = properties.get(prefix + "type", "").lower()
    if kind == "enum":
        return [value.strip() for value in properties[prefix + "values"].split(",")]
    if kind == "integer":
        low, high = (int(value) for value in properties[prefix + "range"].split(","))
        digits = int(properties.get(prefix + "digits", 0))
        step = int(properties.get(prefix + "interval", 1))
        return [str(value).zfill(digits) for value in range(low, high + 1, step)]
    if kind == "date":
        return _dates(properties, prefix)
    if kind == "injected":
        return _injected(name, condition)
    message = f"Table has unsupported projection type '{kind}' for partition key {name}"
    raise QueryFailed("INVALID_TABLE_PROPERTY", message)


def _injected(name: str, condition: str | None) -> list[str]:
    """Return the values that a condition lists for a key by `=` or IN."""
    tree = parse_one(condition, dialect="duckdb") if condition else exp.true()
    values = []
    for part in tree.flatten() if isinstance(tree, exp.And) else [tree]:
        part = part.unnest()
        if isinstance(part, exp.EQ):
            sides = [part.this, part.expression]
        elif isinstance(part, exp.In):
            sides = [part.this, *part.expressions]
        else:
            continue
        texts = [side for side in sides if not side.find(exp.Column)]
        if len(texts) == len(sides) - 1 and name in (side.name.lower() for side in sides):
            items = ", ".join(f"CAST({text.sql(dialect='duckdb')} AS VARCHAR)" for text in texts)
            values.append(set(duckdb.execute(f"SELECT {items}").fetchone()))
    if not values:
        raise QueryFailed(
            "CONSTRAINT_VIOLATION",
            f"For the injected projected partition column {name}, the WHERE clause must contain "
            "only static equality conditions, and at least one such condition must be present.",
        )
    return sorted(set.intersection(*values))


def _dates(properties: dict, prefix: str) -> list[str]:
    pattern = properties[prefix + "format"]
    for java, python in _JAVA:
        pattern = pattern.replace(java, python)
    pattern = pattern.replace("'", "")
    low, high = (_moment(text.strip(), pattern) for text in properties[prefix + "range"].split(","))
    unit = properties.get(prefix + "interval.unit", "DAYS").rstrip("S").upper()
    step = int(properties.get(prefix + "interval", 1))
    values, moment, count = [], low, 0
    while moment <= high:
        values.append(moment.strftime(pattern))
        count += step
        moment = _later(low, unit, count)
    return list(dict.fromkeys(values))


def _moment(text: str, pattern: str) -> datetime:
    if match := _RANGE.fullmatch(text):
        sign, count, unit = match.groups()
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        steps = int(count or 0) * (-1 if sign == "-" else 1)
        return _later(now, (unit or "DAYS").rstrip("S"), steps)
    return datetime.strptime(text, pattern)


def _later(moment: datetime, unit: str, count: int) -> datetime:
    if unit in ("MONTH", "YEAR"):
        months = moment.year * 12 + moment.month - 1 + count * (12 if unit == "YEAR" else 1)
        last = (
            date(months // 12 + (months % 12 == 11), (months + 1) % 12 + 1, 1) - timedelta(1)
        ).day
        return moment.replace(year=months // 12, month=months % 12 + 1, day=min(moment.day, last))
    return moment + timedelta(**{f"{unit.lower()}s": count})
