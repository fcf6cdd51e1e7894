import pytest

from local_aws.errors import AwsError
from tests.local_aws.services.athena.sample_tables import lay_down


def create(cloud, name: str = "team", **configuration) -> None:
    cloud.engine.create_work_group({"Name": name, "Configuration": configuration})


def test_primary_is_always_there_and_cannot_be_deleted(cloud):
    names = [group["Name"] for group in cloud.engine.list_work_groups({})["WorkGroups"]]
    assert names == ["primary"]
    with pytest.raises(AwsError, match="Cannot delete primary"):
        cloud.engine.delete_work_group({"WorkGroup": "primary"})


def test_an_enforced_place_for_results_beats_the_request(cloud):
    output = {"OutputLocation": "s3://lake/team/"}
    create(cloud, ResultConfiguration=output, EnforceWorkGroupConfiguration=True)
    body = cloud.finished(cloud.start("SELECT 1", WorkGroup="team"))
    assert body["ResultConfiguration"]["OutputLocation"].startswith("s3://lake/team/")


def test_a_query_that_would_scan_more_than_the_limit_is_cancelled(cloud):
    lay_down(cloud.store)
    cloud.run("CREATE EXTERNAL TABLE v (a string) LOCATION 's3://lake/visits/'")
    create(cloud, BytesScannedCutoffPerQuery=10)
    status = cloud.finished(cloud.start("SELECT * FROM v", WorkGroup="team"))["Status"]
    assert status["State"] == "CANCELLED"
    assert status["StateChangeReason"] == "Bytes scanned limit was exceeded"


def test_a_limit_can_be_taken_away(cloud):
    create(cloud, BytesScannedCutoffPerQuery=10)
    updates = {"RemoveBytesScannedCutoffPerQuery": True}
    cloud.engine.update_work_group({"WorkGroup": "team", "ConfigurationUpdates": updates})
    group = cloud.engine.get_work_group({"WorkGroup": "team"})["WorkGroup"]
    assert "BytesScannedCutoffPerQuery" not in group["Configuration"]


def test_a_disabled_workgroup_takes_no_queries(cloud):
    create(cloud)
    cloud.engine.update_work_group({"WorkGroup": "team", "State": "DISABLED"})
    with pytest.raises(AwsError, match="is disabled"):
        cloud.start("SELECT 1", WorkGroup="team")


def test_workgroups_survive_a_restart(cloud):
    create(cloud)
    dead = cloud.engine
    cloud.restart()
    assert cloud.engine.get_work_group({"WorkGroup": "team"})["WorkGroup"]["State"] == "ENABLED"
    dead.close()


def test_a_workgroup_with_saved_queries_needs_a_recursive_delete(cloud):
    create(cloud)
    query = {"Name": "n", "Database": "birds", "QueryString": "SELECT 1", "WorkGroup": "team"}
    cloud.engine.create_named_query(query)
    with pytest.raises(AwsError, match="not empty"):
        cloud.engine.delete_work_group({"WorkGroup": "team"})
    cloud.engine.delete_work_group({"WorkGroup": "team", "RecursiveDeleteOption": True})
    with pytest.raises(AwsError, match="WorkGroup team is not found"):
        cloud.engine.get_work_group({"WorkGroup": "team"})
