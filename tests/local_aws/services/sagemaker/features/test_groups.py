"""Feature groups are made, listed, extended and deleted some seconds after their requests."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.features.stores import DEFINITIONS, GROUP, definition
from tests.local_cloud import BUCKET


def test_a_group_is_being_created_before_it_is_there(features):
    arn = features.sagemaker.create_feature_group(**definition())["FeatureGroupArn"]
    assert features.status() == "Creating"
    with pytest.raises(ClientError, match="not ready: its status is Creating"):
        features.put("a", 1)
    features.advance()
    group = features.describe()
    assert (group["FeatureGroupStatus"], group["FeatureGroupArn"]) == ("Created", arn)
    assert group["FeatureDefinitions"] == DEFINITIONS
    assert features.describe(arn)["FeatureGroupName"] == GROUP
    with pytest.raises(ClientError, match="ResourceInUse.*already exists. Choose a different"):
        features.sagemaker.create_feature_group(**definition())


def test_its_table_and_folder_have_the_names_of_aws(features):
    config = features.make("two-words")["OfflineStoreConfig"]
    catalog, uri = config["DataCatalogConfig"], config["S3StorageConfig"]["ResolvedOutputS3Uri"]
    epoch = catalog["TableName"].removeprefix("two_words_")
    assert epoch.isdigit() and catalog["Database"] == "sagemaker_featurestore"
    place = "000000000000/sagemaker/us-east-1/offline-store"
    assert uri == f"s3://{BUCKET}/features/{place}/two-words-{epoch}/data"
    table = features.client("glue").get_table(
        DatabaseName=catalog["Database"], Name=catalog["TableName"]
    )["Table"]
    columns = {each["Name"]: each["Type"] for each in table["StorageDescriptor"]["Columns"]}
    added = {"write_time": "timestamp", "api_invocation_time": "timestamp"}
    added |= {"is_deleted": "boolean"}
    assert columns == {"id": "string", "at": "double", "count": "bigint", **added}
    assert [key["Name"] for key in table["PartitionKeys"]] == ["year", "month", "day", "hour"]


@pytest.mark.parametrize("reason", ["bucket", "role"])
def test_a_group_whose_files_can_not_be_written_fails(features, reason):
    request = definition()
    if reason == "bucket":
        request["OfflineStoreConfig"] = {"S3StorageConfig": {"S3Uri": "s3://nowhere/features"}}
    else:
        features.client("iam").delete_role_policy(RoleName="course", PolicyName="s3")
    features.sagemaker.create_feature_group(**request)
    features.advance()
    group = features.describe()
    words = {"bucket": "nowhere does not exist", "role": "s3:PutObject"}
    assert group["FeatureGroupStatus"] == "CreateFailed"
    assert words[reason] in group["FailureReason"]


def test_groups_are_listed_by_name_and_status(features):
    for name in ("birds-1", "bins-1", "birds-2"):
        features.make(name)
    features.sagemaker.create_feature_group(**definition("birds-3"))

    def names(**request):
        answer = features.sagemaker.list_feature_groups(**request)
        return [each["FeatureGroupName"] for each in answer["FeatureGroupSummaries"]]

    query = {"NameContains": "birds", "SortBy": "Name", "SortOrder": "Ascending"}
    assert names(**query) == ["birds-1", "birds-2", "birds-3"]
    assert names(FeatureGroupStatusEquals="Creating") == ["birds-3"]


def test_a_deleted_group_leaves_its_files_and_its_table(features):
    features.make()
    features.put("a", 10, 1)
    features.sagemaker.delete_feature_group(FeatureGroupName=GROUP)
    assert features.status() == "Deleting"
    features.advance()
    with pytest.raises(ClientError, match="ResourceNotFound.*can't find a FeatureGroup with name"):
        features.describe()
    assert len(features.keys()) == 1  # what was acknowledged and waited
    database = {"DatabaseName": "sagemaker_featurestore"}
    assert len(features.client("glue").get_tables(**database)["TableList"]) == 1


def test_a_group_of_an_old_name_has_none_of_the_old_records(features):
    old = features.make()["OfflineStoreConfig"]["S3StorageConfig"]["ResolvedOutputS3Uri"]
    features.put("a", 10, 1)
    features.sagemaker.delete_feature_group(FeatureGroupName=GROUP)
    features.advance()
    new = features.make()["OfflineStoreConfig"]["S3StorageConfig"]["ResolvedOutputS3Uri"]
    assert new != old and features.get("a") is None


def test_a_group_gets_more_features_and_old_files_have_none_of_them(features):
    table = features.make()["OfflineStoreConfig"]["DataCatalogConfig"]["TableName"]
    features.put("a", 10, 1)
    features.advance()
    more = {"FeatureName": "score", "FeatureType": "Fractional"}
    features.sagemaker.update_feature_group(FeatureGroupName=GROUP, FeatureAdditions=[more])
    assert features.describe()["LastUpdateStatus"]["Status"] == "InProgress"
    features.advance()
    group = features.describe()
    assert group["LastUpdateStatus"]["Status"] == "Successful"
    assert group["FeatureDefinitions"] == [*DEFINITIONS, more]
    record = [{"FeatureName": "id", "ValueAsString": "b"}, {"FeatureName": "at"}, more]
    record[1]["ValueAsString"], record[2] = "20", {"FeatureName": "score", "ValueAsString": "0.5"}
    features.runtime.put_record(FeatureGroupName=GROUP, Record=record)
    features.advance()
    rows = features.ask(f"SELECT id, count, score FROM {table} ORDER BY id")
    assert rows == [("a", "1", None), ("b", None, "0.5")]
    with pytest.raises(ClientError, match="once"):
        features.sagemaker.update_feature_group(FeatureGroupName=GROUP, FeatureAdditions=[more])


WRONG = [
    ({"RecordIdentifierFeatureName": "key"}, "RecordIdentifierFeatureName key must be one of"),
    ({"EventTimeFeatureName": "count"}, "must be of the type String or Fractional"),
    ({"stores": ()}, "must have an OnlineStore, an OfflineStore, or both"),
    ({"RoleArn": None}, "RoleArn is required"),
    ({"FeatureDefinitions": [*DEFINITIONS, DEFINITIONS[0]]}, "must be there once"),
    (
        {"FeatureDefinitions": [*DEFINITIONS, {**DEFINITIONS[0], "FeatureName": "is_deleted"}]},
        "cannot be any of the following: is_deleted",
    ),
]


@pytest.mark.parametrize("more, words", WRONG, ids=[words for _, words in WRONG])
def test_a_group_that_can_not_be_is_refused(features, more, words):
    request = {key: value for key, value in definition(**more).items() if value is not None}
    with pytest.raises(ClientError, match=words):
        features.sagemaker.create_feature_group(**request)


@pytest.mark.parametrize(
    "more, words",
    [
        ({"TableFormat": "Iceberg"}, "TableFormat Iceberg"),
        (
            {"DataCatalogConfig": {"TableName": "t", "Catalog": "c", "Database": "d"}},
            "DataCatalogConfig",
        ),
    ],
)
def test_what_is_not_done_of_an_offline_store_is_refused_by_name(features, more, words):
    request = definition()
    request["OfflineStoreConfig"] |= more
    with pytest.raises(ClientError, match=f"NotImplementedException.*{words}"):
        features.sagemaker.create_feature_group(**request)


def test_times_to_live_are_refused_by_name(features):
    request = definition()
    request["OnlineStoreConfig"]["TtlDuration"] = {"Unit": "Days", "Value": 1}
    with pytest.raises(ClientError, match="TtlDuration"):
        features.sagemaker.create_feature_group(**request)


def test_a_group_without_a_table_has_files_alone(features):
    request = definition()
    request["OfflineStoreConfig"]["DisableGlueTableCreation"] = True
    features.sagemaker.create_feature_group(**request)
    features.advance()
    assert "DataCatalogConfig" not in features.describe()["OfflineStoreConfig"]
    features.put("a", 10)
    features.advance()
    assert len(features.keys()) == 1 and not features.client("glue").get_databases()["DatabaseList"]
