"""Athena tells of the catalog's databases and tables in its own shapes."""

import pytest

from local_aws.errors import AwsError
from tests.local_aws.services.athena.sample_tables import OPENX

CATALOG = {"CatalogName": "AwsDataCatalog"}
TABLE = {**CATALOG, "DatabaseName": "birds", "TableName": "t"}


@pytest.fixture
def tables(cloud):
    """Return the engine of a cloud with some tables."""
    for name in ("t", "Recordings", "raw_recordings"):
        cloud.run(
            f"CREATE EXTERNAL TABLE {name} (id string COMMENT 'the id') PARTITIONED BY (year int) "
            f"{OPENX} WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true') "
            "LOCATION 's3://lake/t/' TBLPROPERTIES ('mine' = 'yes')"
        )
    return cloud.engine


def test_a_table_tells_its_columns_keys_and_properties(tables):
    told = tables.get_table_metadata(TABLE)["TableMetadata"]
    assert told["Columns"] == [{"Name": "id", "Type": "string", "Comment": "the id"}]
    assert told["PartitionKeys"] == [{"Name": "year", "Type": "int"}]
    parameters = told["Parameters"]
    assert parameters["mine"] == "yes" and parameters["location"] == "s3://lake/t/"
    assert parameters["serde.param.ignore.malformed.json"] == "true"
    assert parameters["serde.serialization.lib"] in OPENX


def test_tables_are_found_by_a_pattern_within_their_names(tables):
    request = {**CATALOG, "DatabaseName": "birds", "Expression": "recordings"}
    listed = tables.list_table_metadata(request)["TableMetadataList"]
    assert [table["Name"] for table in listed] == ["raw_recordings", "recordings"]


def test_databases_come_by_pages(cloud):
    cloud.run("CREATE DATABASE bins COMMENT 'of items'")
    first = cloud.engine.list_databases({**CATALOG, "MaxResults": 1})
    rest = cloud.engine.list_databases({**CATALOG, "NextToken": first["NextToken"]})
    described = {"Name": "bins", "Description": "of items"}
    assert first["DatabaseList"] == [described] and len(rest["DatabaseList"]) == 1


@pytest.mark.parametrize(
    "method, request_",
    [
        ("get_table_metadata", {**TABLE, "TableName": "none"}),
        ("list_table_metadata", {**CATALOG, "DatabaseName": "none"}),
    ],
)
def test_what_the_catalog_lacks_is_athenas_own_error(cloud, method, request_):
    with pytest.raises(AwsError) as refused:
        getattr(cloud.engine, method)(request_)
    assert refused.value.code == "MetadataException"


def test_there_is_one_data_catalog_in_any_case(cloud):
    assert cloud.engine.list_databases({"CatalogName": "awsdatacatalog"})["DatabaseList"]
    with pytest.raises(AwsError, match="DataCatalog other was not found"):
        cloud.engine.list_databases({"CatalogName": "other"})


def test_metadata_for_a_workgroup_that_is_not_there_is_refused(cloud):
    with pytest.raises(AwsError, match="WorkGroup nobody is not found"):
        cloud.engine.list_databases({**CATALOG, "WorkGroup": "nobody"})
    assert cloud.engine.list_databases({**CATALOG, "WorkGroup": "primary"})["DatabaseList"]
