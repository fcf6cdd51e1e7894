"""Executes DDL on the Glue catalog, one function for each statement; parses nothing."""

from urllib.parse import unquote

from local_aws.errors import AwsError
from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.sql.types import hive_name, trino_name
from local_aws.services.athena.statements.query import analyze
from local_aws.services.athena.statements.run_context import RunContext
from local_aws.services.athena.tables.partitions import (
    all_partitions,
    folder_name,
    list_files,
    split_uri,
)
from local_aws.services.athena.tables.query_tables import encode_view

FAILED = "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "


def _refused(words: str) -> QueryFailed:
    return QueryFailed("", FAILED + words)


def create_database(context: RunContext, parts: dict) -> list[str]:
    """CREATE DATABASE."""
    try:
        context.catalog.create_database({"DatabaseInput": parts["body"]})
    except AwsError:
        if not parts["exists"]:
            name = parts["body"]["Name"]
            raise _refused(f"Database {name} already exists") from None
    return []


def drop_database(context: RunContext, parts: dict) -> list[str]:
    """DROP DATABASE [CASCADE]."""
    name = parts["name"][1]
    try:
        tables = context.catalog.get_tables({"DatabaseName": name})["TableList"]
    except AwsError:
        if parts["exists"]:
            return []
        raise QueryFailed(
            "", f"FAILED: SemanticException Database does not exist: {name}"
        ) from None
    if tables and not parts["cascade"]:
        reason = f"Database {name} is not empty. One or more tables exist."
        raise _refused(f"InvalidOperationException(message:{reason})")
    context.catalog.delete_database({"Name": name})
    return []


def alter_database(context: RunContext, parts: dict) -> list[str]:
    """ALTER DATABASE … SET DBPROPERTIES."""
    body = context.database(parts["name"])
    body["Parameters"] = {**body.get("Parameters", {}), **parts["properties"]}
    context.catalog.update_database({"Name": parts["name"], "DatabaseInput": body})
    return []


def create_table(context: RunContext, parts: dict) -> list[str]:
    """CREATE EXTERNAL TABLE."""
    database, name = context.qualify(parts["name"])
    if not parts["external"]:
        words = "Only external table creation is supported. (CREATE TABLE needs EXTERNAL or AS)"
        raise QueryFailed("", f"FAILED: SemanticException {words}")
    if not parts["location"]:
        raise QueryFailed("", "FAILED: SemanticException No Location specified for table")
    split_uri(parts["location"])
    format_ = parts["format"]
    buckets, count = parts["buckets"]
    table = {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", **parts["properties"]},
        "PartitionKeys": parts["keys"],
        "StorageDescriptor": {
            "Columns": parts["columns"],
            "Location": parts["location"],
            "InputFormat": format_.input,
            "OutputFormat": format_.output,
            "SerdeInfo": {"SerializationLibrary": format_.serde, "Parameters": parts["serde"]},
            "BucketColumns": buckets,
            "NumberOfBuckets": count or -1,
            "Compressed": False,
            "StoredAsSubDirectories": False,
        },
    }
    if "comment" in parts:
        table["Description"] = parts["comment"]
    context.register(database, table, parts["exists"])
    return []


def drop_table(context: RunContext, parts: dict) -> list[str]:
    """DROP TABLE: delete the entry; the data stay, as with external tables."""
    database, name = context.qualify(parts["name"])
    try:
        table = context.catalog.get_table({"DatabaseName": database, "Name": name})["Table"]
    except AwsError:
        if parts["exists"]:
            return []
        raise QueryFailed(
            "", f"FAILED: SemanticException Table not found: {database}.{name}"
        ) from None
    if table.get("TableType") == "VIRTUAL_VIEW":
        raise QueryFailed("", "FAILED: SemanticException Cannot drop a view with DROP TABLE")
    context.catalog.delete_table({"DatabaseName": database, "Name": name})
    return []


def create_view(context: RunContext, parts: dict) -> list[str]:
    """CREATE [OR REPLACE] VIEW."""
    database, name = context.qualify(parts["name"])
    analyzed = analyze(context.connection, parts["text"], context.sources(), [])
    columns = list(zip(analyzed.names, analyzed.types, strict=True))
    for index, (column, _) in enumerate(columns, 1):
        if column.startswith("_col"):
            message = f"Column name not specified at position {index}"
            raise QueryFailed("MISSING_COLUMN_NAME", message)
    definition = {
        "originalSql": parts["query"].strip(),
        "catalog": "awsdatacatalog",
        "schema": context.default_database or database,
        "columns": [{"name": c, "type": trino_name(kind)} for c, kind in columns],
    }
    table = {
        "Name": name,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "ViewOriginalText": encode_view(definition),
        "ViewExpandedText": "/* Presto View */",
        "PartitionKeys": [],
        "StorageDescriptor": {
            "Columns": [{"Name": c.lower(), "Type": hive_name(kind)} for c, kind in columns],
            "Location": "",
            "SerdeInfo": {},
        },
    }
    if parts["replace"]:
        context.forget(database, name, only="VIRTUAL_VIEW")
    try:
        context.register(database, table, False)
    except QueryFailed:
        message = f"View 'awsdatacatalog.{database}.{name}' already exists"
        raise QueryFailed("TABLE_ALREADY_EXISTS", message) from None
    return []


def drop_view(context: RunContext, parts: dict) -> list[str]:
    """DROP VIEW."""
    database, name = context.qualify(parts["name"])
    try:
        table = context.catalog.get_table({"DatabaseName": database, "Name": name})["Table"]
    except AwsError:
        table = {}
    if table.get("TableType") != "VIRTUAL_VIEW":
        if parts["exists"] and not table:
            return []
        message = f"View 'awsdatacatalog.{database}.{name}' does not exist"
        raise QueryFailed("TABLE_NOT_FOUND", message)
    context.catalog.delete_table({"DatabaseName": database, "Name": name})
    return []


def alter_table(context: RunContext, parts: dict) -> list[str]:
    """ALTER TABLE: columns, partitions, properties, location."""
    table = context.table(parts["name"])
    action = parts["action"]
    storage = table["StorageDescriptor"]
    if action == "add_partitions":
        return _add_partitions(context, table, parts)
    if action == "drop_partitions":
        return _drop_partitions(context, table, parts)
    if action in ("set_partition_location", "rename_partition"):
        return _change_partition(context, table, parts)
    if action == "add_columns":
        storage["Columns"] = [*storage["Columns"], *parts["columns"]]
    elif action == "replace_columns":
        storage["Columns"] = parts["columns"]
    elif action == "set_properties":
        table["Parameters"] |= {k: str(v) for k, v in parts["properties"].items()}
    elif action == "set_location":
        storage["Location"] = parts["location"]
    elif action == "change_column":
        names = [column["Name"] for column in storage["Columns"]]
        if parts["old"] not in names:
            raise _refused(f"Invalid column reference {parts['old']}")
        storage["Columns"][names.index(parts["old"])] = parts["column"]
    context.catalog.update_table({"DatabaseName": table["DatabaseName"], "TableInput": table})
    return []


def _values(table: dict, spec: dict) -> list[str]:
    keys = [key["Name"] for key in table["PartitionKeys"]]
    if set(spec["values"]) != set(keys):
        words = f"ValidationFailureSemanticException table is not partitioned by {spec['values']}"
        raise QueryFailed("", f"FAILED: {words}")
    return [spec["values"][key] for key in keys]


def _add_partitions(context: RunContext, table: dict, parts: dict) -> list[str]:
    new = []
    for spec in parts["specs"]:
        values = _values(table, spec)
        location = spec["location"] or folder_of(table, values)
        new.append((values, location))
    errors = context.add_partitions(table, new)
    if errors and not parts["exists"]:
        raise _refused("AlreadyExistsException(message:Partition already exists.)")
    return []


def _change_partition(context: RunContext, table: dict, parts: dict) -> list[str]:
    """ALTER TABLE … PARTITION … SET LOCATION or RENAME TO: files stay where they are."""
    values = _values(table, parts["spec"])
    known = [body for body in all_partitions(context.catalog, table) if body["Values"] == values]
    if not known:
        raise _refused(f"Partition not found ({parts['spec']['values']})")
    (body,) = known
    if "new" in parts:
        body["Values"] = _values(table, parts["new"])
    else:
        body["StorageDescriptor"] = {**body["StorageDescriptor"], "Location": parts["location"]}
    names = {"DatabaseName": table["DatabaseName"], "TableName": table["Name"]}
    try:
        change = {**names, "PartitionValueList": values, "PartitionInput": body}
        context.catalog.update_partition(change)
    except AwsError as error:
        raise _refused(f"{error.code}(message:{error.message})") from None
    return []


def folder_of(table: dict, values: list[str]) -> str:
    """Return the Hive-style folder of a partition."""
    base = table["StorageDescriptor"]["Location"].rstrip("/")
    pairs = zip(table["PartitionKeys"], values, strict=True)
    return base + "/" + "".join(f"{key['Name']}={folder_name(value)}/" for key, value in pairs)


def _drop_partitions(context: RunContext, table: dict, parts: dict) -> list[str]:
    names = {"DatabaseName": table["DatabaseName"], "TableName": table["Name"]}
    for spec in parts["specs"]:
        request = {**names, "PartitionsToDelete": [{"Values": _values(table, spec)}]}
        if context.catalog.batch_delete_partition(request)["Errors"] and not parts["exists"]:
            raise _refused(f"Partition not found ({spec['values']})")
    return []


def msck(context: RunContext, parts: dict) -> list[str]:
    """MSCK REPAIR TABLE: register the existing key=value folders."""
    table = context.table(parts["name"])
    keys = [key["Name"] for key in table["PartitionKeys"]]
    if not keys:
        return []
    known = {tuple(body["Values"]) for body in all_partitions(context.catalog, table)}
    base = table["StorageDescriptor"]["Location"].rstrip("/") + "/"
    folders_of: dict[tuple[str, ...], str] = {}
    for file in list_files(context.store, base):
        folders = file.uri.removeprefix(base).split("/")[:-1]
        pairs = [folder.partition("=") for folder in folders[: len(keys)]]
        if [pair[0].lower() for pair in pairs] == keys:
            values = tuple(unquote(pair[2]) for pair in pairs)
            folders_of.setdefault(values, base + "/".join(folders[: len(keys)]) + "/")
    new = [(list(values), uri) for values, uri in sorted(folders_of.items()) if values not in known]
    context.add_partitions(table, new)
    name = f"{table['Name']}"
    missing = [
        f"{name}:" + "/".join(f"{k}={folder_name(v)}" for k, v in zip(keys, values, strict=True))
        for values, _ in new
    ]
    if not missing:
        return []
    repaired = [
        f"Repair: Added partition to metastore {table['DatabaseName']}.{spec}" for spec in missing
    ]
    return ["Partitions not in metastore:\t" + "\t".join(missing), *repaired]
