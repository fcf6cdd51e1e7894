from tests.local_aws.services.athena.sample_tables import lay_down


def create(cloud, name: str = "team", **configuration) -> None:
    cloud.engine.create_work_group({"Name": name, "Configuration": configuration})


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


def test_workgroups_survive_a_restart(cloud):
    create(cloud)
    dead = cloud.engine
    cloud.restart()
    assert cloud.engine.get_work_group({"WorkGroup": "team"})["WorkGroup"]["State"] == "ENABLED"
    dead.close()
