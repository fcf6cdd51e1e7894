"""The Feature Store of a data set: makes its group, fills it, reads it at any time; no features."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from helpers.athena import Result, query
from helpers.config import PROJECT, Config
from helpers.datasets.curation import load_curation
from helpers.feature_records import RUNTIME, THREADS, get_records, put_records
from helpers.features import Features, features_of, latest_sql, moment, moments_sql
from helpers.policy_documents import Permission
from helpers.roles import FEATURE_TABLES
from helpers.session import client, role_arn
from helpers.waiting import until

OFFLINE_SECONDS = 3600
"""AWS writes within 15 minutes.

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-offline.html"""


@dataclass(frozen=True)
class Ingestion:
    """The result of writing a frame's rows to a group."""

    group: str
    records: int
    retries: int
    seconds: float

    def __repr__(self) -> str:
        rate = f"{self.records / max(self.seconds, 1e-9):,.0f} a second"
        again = f", {self.retries:,} sent again" if self.retries else ""
        return (
            f"<Ingestion into {self.group}: {self.records:,} records in {self.seconds:.1f} s "
            f"({rate}{again})>"
        )


def group_name(config: Config) -> str:
    """Return the name of this raw data's group."""
    return f"{PROJECT}-{config.folder}"


def group_features(config: Config) -> Features:
    """Return the features of this data set: the plain columns of its curated metadata."""
    return features_of(load_curation(config.dataset).columns)


def make_group(config: Config) -> dict[str, Any]:
    """Make the group with both stores, or find it, and return its description once it is there.

    Raises:
        RuntimeError: AWS could not make it; the message has AWS's reason.
    """
    features, sagemaker = group_features(config), client(config, "sagemaker")
    name = group_name(config)
    try:
        sagemaker.create_feature_group(
            FeatureGroupName=name,
            RecordIdentifierFeatureName=features.identifier,
            EventTimeFeatureName=features.time,
            FeatureDefinitions=features.definitions(),
            OnlineStoreConfig={"EnableOnlineStore": True},
            OfflineStoreConfig={"S3StorageConfig": {"S3Uri": config.uri("features")}},
            RoleArn=role_arn(config),
        )
    except sagemaker.exceptions.ResourceInUse:
        pass  # it is there, or is being made
    group = until(
        lambda: describe(config),
        lambda answer: answer["FeatureGroupStatus"] != "Creating",
        name=name,
        words=lambda answer: answer["FeatureGroupStatus"],
        pause=config.poll_seconds,
    )
    if group["FeatureGroupStatus"] != "Created":
        reason = group.get("FailureReason", "AWS gives no reason")
        raise RuntimeError(f"{name} is {group['FeatureGroupStatus']}: {reason}")
    return group


def describe(config: Config) -> dict[str, Any]:
    """Return the description of the group.

    Raises:
        LookupError: the group is not there yet.
    """
    sagemaker, name = client(config, "sagemaker"), group_name(config)
    try:
        return sagemaker.describe_feature_group(FeatureGroupName=name)
    except sagemaker.exceptions.ResourceNotFound:
        raise LookupError(
            f"The account has no feature group {name}: run notebooks/10 once"
        ) from None


def offline_table(config: Config) -> str:
    """Return database and table of the offline store, as SQL has them."""
    catalog = describe(config)["OfflineStoreConfig"]["DataCatalogConfig"]
    return f'"{catalog["Database"]}"."{catalog["TableName"]}"'


def ingest(config: Config, frame: pd.DataFrame, threads: int = THREADS) -> Ingestion:
    """Write the rows of a frame to the group, with a progress bar.

    A record is sent again while AWS throttles or can't be reached; if it was there already, the
    second one is historic and changes no read.

    Raises:
        ValueError: a row is no record; nothing was written.
        ClientError: a record is refused; the others may be written or not.
    """
    features, began = group_features(config), time.monotonic()
    records = [features.record(row) for row in frame.to_dict("records")]
    name = group_name(config)
    again = put_records(client(config, RUNTIME), name, records, threads)
    return Ingestion(name, len(records), len(again), time.monotonic() - began)


def delete_record(config: Config, identifier: str, at: datetime) -> None:
    """Delete a record from a time on: the online store forgets it, the offline one marks it."""
    client(config, RUNTIME).delete_record(
        FeatureGroupName=group_name(config),
        RecordIdentifierValueAsString=identifier,
        EventTime=moment(at),
    )


def online(config: Config, identifiers: Iterable[str]) -> pd.DataFrame:
    """Return the records that the online store has of some identifiers, in their order."""
    names = [*identifiers]
    found = get_records(client(config, RUNTIME), group_name(config), names)
    rows = [found[name] for name in names if name in found]
    return pd.DataFrame(rows, columns=[*group_features(config).types])


def wait_until_offline(
    config: Config, rows: int, since: datetime, limit: float = OFFLINE_SECONDS
) -> int:
    """Return the number of rows that the offline store got since a time, once there are so many.

    AWS takes minutes, and writes a record that was sent twice in two rows.

    Raises:
        NotSeen: there are not so many after `limit` seconds.
    """
    begun = since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    sql = f"SELECT count(*) AS rows FROM {offline_table(config)}"
    sql += f" WHERE api_invocation_time >= TIMESTAMP '{begun}'"
    return until(
        lambda: {"rows": int(query(config, sql).frame["rows"][0])},
        lambda answer: answer["rows"] >= rows,
        name="offline store",
        words=lambda answer: f"{answer['rows']:,} of {rows:,} rows",
        pause=config.poll_seconds,
        limit=limit,
        look="The group's role has to be allowed to write to its folder",
    )["rows"]


def latest(config: Config, at: datetime | None = None) -> Result:
    """Return each identifier's record at a time, None: the latest one, from the offline store."""
    return query(config, latest_sql(group_features(config), offline_table(config), at))


def at_moments(config: Config, moments: Iterable[tuple[str, datetime]]) -> Result:
    """Return the records that identifiers had at times of their own, from the offline store."""
    return query(config, moments_sql(group_features(config), offline_table(config), moments))


def feature_permissions(place: str) -> list[Permission]:
    """Return what a person must be allowed for feature groups, at `region:account`."""
    names = (
        *("BatchGetRecord", "CreateFeatureGroup", "DeleteFeatureGroup", "DeleteRecord"),
        *("DescribeFeatureGroup", "GetRecord", "PutRecord"),
    )
    glue = ("CreateDatabase", "CreateTable", "DeleteTable", "GetDatabase", "GetPartitions")
    return [
        Permission(
            "make groups of features, write and read their records, and delete them",
            tuple(f"sagemaker:{name}" for name in names),
            (f"arn:aws:sagemaker:{place}:feature-group/{PROJECT}*",),
        ),
        Permission(
            "make the tables of offline stores, read them and delete them",
            tuple(f"glue:{name}" for name in (*glue, "GetTable", "GetTables", "UpdateTable")),
            tuple(f"arn:aws:glue:{place}:{name}" for name in FEATURE_TABLES),
        ),
    ]
