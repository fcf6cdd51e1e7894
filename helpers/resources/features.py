"""Groups of features, and the tables of their offline stores, which AWS leaves behind.

The files are in the course's bucket and go with it. The database is AWS's own and of all groups: it
stays. A table is the course's if its files are.
"""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from helpers.config import DATABASE, Config
from helpers.resources.catalog import delete_table
from helpers.resources.kind import Busy, Kind, Resource, is_gone
from helpers.resources.sagemaker import listed, tags
from helpers.session import client

STORE = "sagemaker_featurestore"


def groups(config: Config) -> Iterator[Resource]:
    """Yield all groups whose names begin as the course's."""
    yield from listed(config, "FeatureGroup")


def delete_group(config: Config, name: str) -> None:
    """Begin to delete a group: it is gone some time later, once its last records are in S3."""
    sagemaker = client(config, "sagemaker")
    status = sagemaker.describe_feature_group(FeatureGroupName=name)["FeatureGroupStatus"]
    if status == "Creating":
        raise Busy("it is being made")
    if status != "Deleting":
        sagemaker.delete_feature_group(FeatureGroupName=name)
    raise Busy("it is being deleted")


def tables(config: Config) -> Iterator[Resource]:
    """Yield `<database>.<table>` of all offline stores whose files are the course's."""
    home = f"s3://{config.bucket}/{config.home}"
    pages = client(config, "glue").get_paginator("get_tables")
    try:
        for page in pages.paginate(DatabaseName=STORE, Expression=f"{DATABASE}_.*"):
            for table in page["TableList"]:
                if table["StorageDescriptor"].get("Location", "").startswith(home):
                    yield Resource(f"{STORE}.{table['Name']}")
    except ClientError as error:
        if not is_gone(error):
            raise


GROUPS = Kind("SageMaker", "feature group", groups, tags, delete_group)
TABLES = Kind(
    "Glue", "table of a feature group", tables, None, delete_table, ("feature group",)
)  # fmt: skip
