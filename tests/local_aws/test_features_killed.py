"""kill -9 of a server with records under way: each acknowledged one is offline, exactly once."""

import json
import threading
import time

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from local_aws import lifecycle
from tests.local_aws.services.events.targets import until
from tests.local_aws.services.sagemaker.features.stores import GROUP, definition
from tests.local_aws.test_events_killed import Cloud
from tests.local_cloud import BUCKET, JOB_ROLE

pytestmark = pytest.mark.slow
WRITERS, KILLS = 3, 3


@pytest.fixture
def cloud(tmp_path):
    cloud = Cloud(tmp_path)
    iam, sagemaker = cloud.client("iam"), cloud.client("sagemaker")
    cloud.client("s3").create_bucket(Bucket=BUCKET)
    iam.create_role(**JOB_ROLE)
    allowed = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="course", PolicyName="s3", PolicyDocument=policy)
    sagemaker.create_feature_group(**definition())
    until(lambda: status(sagemaker) == "Created", "the group is not there")
    yield cloud
    lifecycle.stop(cloud.settings.state)


def status(sagemaker):
    return sagemaker.describe_feature_group(FeatureGroupName=GROUP)["FeatureGroupStatus"]


def rows(cloud):
    """Return (id, at) of all rows of the offline store's table, as Athena reads them."""
    group = cloud.client("sagemaker").describe_feature_group(FeatureGroupName=GROUP)
    table = group["OfflineStoreConfig"]["DataCatalogConfig"]["TableName"]
    athena = cloud.client("athena")
    query = athena.start_query_execution(
        QueryString=f"SELECT id, at FROM sagemaker_featurestore.{table}",
        ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/athena/"},
    )["QueryExecutionId"]

    def state():
        execution = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
        return execution["Status"]["State"]

    until(lambda: state() not in ("QUEUED", "RUNNING"), "the query does not end")
    assert state() == "SUCCEEDED"
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=query)
    found = [row["Data"] for page in pages for row in page["ResultSet"]["Rows"]][1:]
    return [(data[0]["VarCharValue"], float(data[1]["VarCharValue"])) for data in found]


def test_each_acknowledged_record_is_in_the_offline_store_once_through_kills(cloud):
    acknowledged, unsure, over = set(), set(), threading.Event()

    def write(writer):
        runtime, number = cloud.client("sagemaker-featurestore-runtime"), 0
        while not over.is_set():
            number += 1
            record = (f"{writer}", float(number))
            values = dict(zip(("id", "at"), map(str, record), strict=True))
            texts = [{"FeatureName": key, "ValueAsString": text} for key, text in values.items()]
            try:
                runtime.put_record(FeatureGroupName=GROUP, Record=texts)
                acknowledged.add(record)
            except (BotoCoreError, ClientError):
                unsure.add(record)
                time.sleep(0.05)  # it is dead: the record may be written or not

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for kill in range(KILLS):
        until(lambda count=100 * (kill + 1): len(acknowledged) >= count, "nothing is written")
        cloud.kill()
    over.set()
    for writer in writers:
        writer.join()
    until(lambda: acknowledged <= {*rows(cloud)}, "an acknowledged record is not there")
    there = rows(cloud)
    assert len(there) == len({*there}), "a record is there twice"
    assert {*there} <= acknowledged | unsure
