"""The online store has the newest record of each identifier, by AWS's rules for event times."""

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_aws.errors import AwsError
from local_aws.services.sagemaker.features.groups import RECORD
from tests.local_aws.services.sagemaker.features.stores import GROUP


@pytest.fixture
def made(features):
    """Return a Feature Store with one group."""
    features.make()
    return features


def test_a_newer_record_replaces_an_older_one_and_no_other_does(made):
    made.put("a", 10, 1)
    for at, count in ((10, 2), (9.5, 3)):  # equal, and older: historic, AWS says
        made.put("a", at, count)
    assert made.get("a") == {"id": "a", "at": "10", "count": "1"}
    made.put("a", 10.001, 4)
    assert made.get("a")["count"] == "4"


def test_a_record_replaces_all_of_the_one_before(made):
    made.put("a", 10, 1)
    made.put("a", 11)
    assert made.get("a") == {"id": "a", "at": "11"}


def test_the_offline_store_has_all_of_them(made):
    for at, count in ((10, 1), (10, 2), (9, 3)):
        made.put("a", at, count)
    made.delete("a", 8)
    made.advance()
    table = made.describe()["OfflineStoreConfig"]["DataCatalogConfig"]["TableName"]
    rows = made.ask(f"SELECT at, count, is_deleted FROM {table} ORDER BY api_invocation_time")
    kept = [("10.0", "1", "false"), ("10.0", "2", "false"), ("9.0", "3", "false")]
    assert rows == [*kept, ("8.0", None, "true")]


def test_a_soft_deletion_hides_a_record_and_keeps_older_ones_out(made):
    made.put("a", 10, 1)
    made.delete("a", 10)
    assert made.get("a")  # not later: the record stays
    made.delete("a", 12)
    assert made.get("a") is None
    made.put("a", 11, 2)
    assert made.get("a") is None
    made.put("a", 13, 3)
    assert made.get("a")["count"] == "3"


def test_a_hard_deletion_forgets_the_event_time_too(made):
    made.put("a", 10, 1)
    with pytest.raises(ClientError, match="ValidationError.*EventTime"):
        made.delete("a", 10, DeletionMode="HardDelete")
    made.delete("a", 12, DeletionMode="HardDelete")
    assert made.get("a") is None
    made.put("a", 11, 2)
    assert made.get("a")["count"] == "2"
    made.advance()
    table = made.describe()["OfflineStoreConfig"]["DataCatalogConfig"]["TableName"]
    assert made.ask(f"SELECT at FROM {table} WHERE is_deleted") == [("12.0",)]


def test_some_features_of_a_record_are_read(made):
    made.put("a", 10, 1)
    assert made.get("a", FeatureNames=["count"]) == {"count": "1"}
    with pytest.raises(ClientError, match="no feature 'color'"):
        made.get("a", FeatureNames=["color"])


def test_a_batch_has_what_is_there_and_says_what_can_not_be_read(made):
    made.put("a", 10, 1)
    made.put("b", 10, 2)
    asked = [
        {"FeatureGroupName": GROUP, "RecordIdentifiersValueAsString": ["a", "b", "c"]},
        {"FeatureGroupName": "nobody", "RecordIdentifiersValueAsString": ["a"]},
    ]
    answer = made.runtime.batch_get_record(Identifiers=asked)
    found = {each["RecordIdentifierValueAsString"]: each["Record"] for each in answer["Records"]}
    assert found["b"][2] == {"FeatureName": "count", "ValueAsString": "2"} and len(found) == 2
    (error,) = answer["Errors"]
    assert (error["FeatureGroupName"], error["ErrorCode"]) == ("nobody", "ResourceNotFound")


def test_a_record_goes_to_the_stores_that_its_request_names(made):
    made.put("a", 10, 1, TargetStores=["OfflineStore"])
    assert made.get("a") is None
    made.put("a", 9, 2, TargetStores=["OnlineStore"])
    assert made.get("a")["count"] == "2"
    made.advance()
    table = made.describe()["OfflineStoreConfig"]["DataCatalogConfig"]["TableName"]
    assert made.ask(f"SELECT count FROM {table}") == [("1",)]


def test_a_store_that_a_group_has_not_got_is_refused(features):
    features.make("offline", stores=("OfflineStore",))
    features.put("a", 10, name="offline")
    for call in (
        lambda: features.get("a", name="offline"),
        lambda: features.put("a", 11, name="offline", TargetStores=["OnlineStore"]),
    ):
        with pytest.raises(ClientError, match="offline has no OnlineStore"):
            call()


def test_the_group_may_be_named_by_its_arn(made):
    arn = made.describe()["FeatureGroupArn"]
    made.put("a", 10, name=arn)
    assert made.get("a", name=arn) == made.get("a")


def test_an_unknown_group_has_the_code_that_aws_gives_it(made):
    with pytest.raises(ClientError, match="ValidationError.*Resource Not Found: Amazon SageMaker"):
        made.put("a", 10, name="nobody")
    with pytest.raises(ClientError, match="ResourceNotFound.*can't find a FeatureGroup"):
        made.get("a", name="nobody")


def test_identifiers_are_any_text(made):
    for identifier in ("a/b", "ä %2F", "x" * 3000):
        made.put(identifier, 10, 1)
        assert made.get(identifier)["id"] == identifier


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["put", "soft", "hard"]), st.sampled_from("ab"), st.integers(0, 6)
    ),
    max_size=12,
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=DEEDS)
def test_for_any_history_the_online_store_is_that_of_a_plain_model(made, history):
    call, service = made.aws.parts.call, "sagemaker-featurestore-runtime"
    made.aws.parts.documents.delete_prefix(RECORD, "")
    model, group = {}, {"FeatureGroupName": GROUP}
    for number, (deed, identifier, at) in enumerate(history):
        time, _ = model.get(identifier, (-1, None))
        place = {**group, "RecordIdentifierValueAsString": identifier, "EventTime": str(at)}
        if deed == "put":
            values = {"id": identifier, "at": str(at), "count": str(number)}
            record = [{"FeatureName": key, "ValueAsString": text} for key, text in values.items()]
            call(service, "PutRecord", {**group, "Record": record})
            model |= {identifier: (at, number)} if at > time else {}
        elif deed == "soft":
            call(service, "DeleteRecord", place)
            model |= {identifier: (at, None)} if at > time else {}
        elif at > time:
            call(service, "DeleteRecord", {**place, "DeletionMode": "HardDelete"})
            model.pop(identifier, None)
        else:
            with pytest.raises(AwsError, match="EventTime"):
                call(service, "DeleteRecord", {**place, "DeletionMode": "HardDelete"})
    for identifier in "ab":
        place = {**group, "RecordIdentifierValueAsString": identifier}
        record = call(service, "GetRecord", {**place, "FeatureNames": ["count"]}).get("Record")
        _, number = model.get(identifier, (-1, None))
        assert (record and record[0]["ValueAsString"]) == (None if number is None else str(number))
