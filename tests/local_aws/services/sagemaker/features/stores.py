"""A feature group of a local AWS for tests: its requests, its records, its rows in Athena."""

import json

from local_aws.services.sagemaker.features.groups import RECORD
from local_aws.services.sagemaker.features.offline import BATCH, WAITING
from tests.local_aws.services.sagemaker.jobs.requests import ROLE, until
from tests.local_cloud import BUCKET

GROUP = "birds"
DEFINITIONS = [
    {"FeatureName": "id", "FeatureType": "String"},
    {"FeatureName": "at", "FeatureType": "Fractional"},
    {"FeatureName": "count", "FeatureType": "Integral"},
]
BOTH = ("OnlineStore", "OfflineStore")
DELAYS = (1000.0, 2000.0, 4000.0)
"""Of a group's changes, of a batch, of a second attempt, in seconds of the clock."""


def definition(name=GROUP, stores=BOTH, **more):
    """Return a request for a feature group."""
    request = {
        "FeatureGroupName": name, "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "at", "FeatureDefinitions": DEFINITIONS, "RoleArn": ROLE,
    }  # fmt: skip
    if "OnlineStore" in stores:
        request["OnlineStoreConfig"] = {"EnableOnlineStore": True}
    if "OfflineStore" in stores:
        place = {"S3StorageConfig": {"S3Uri": f"s3://{BUCKET}/features"}}
        request["OfflineStoreConfig"] = place
    return {**request, **more}


class Store:
    """The Feature Store of a local AWS, with shortcuts."""

    def __init__(self, aws, client):
        self.aws, self.client, self.sagemaker = aws, client, client("sagemaker")
        self.runtime = client("sagemaker-featurestore-runtime")
        allowed = {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        client("iam").put_role_policy(RoleName="course", PolicyName="s3", PolicyDocument=policy)

    def clear(self):
        """Delete all that a test has made."""
        self.advance(3 * DELAYS[2])
        for kind in ("feature-group", RECORD, WAITING, BATCH):
            self.aws.parts.documents.delete_prefix(kind, "")
        if not self.aws.store.has_bucket(BUCKET):
            self.aws.store.create_bucket(BUCKET)
        for key in self.keys():
            self.aws.store.delete(BUCKET, key)
        for database in self.client("glue").get_databases()["DatabaseList"]:
            self.client("glue").delete_database(Name=database["Name"])

    def advance(self, seconds=DELAYS[2]):
        """Move the clock: what is due by then has happened when this returns."""
        self.aws.parts.clock.advance(seconds)

    def make(self, name=GROUP, **more):
        """Make a group and wait until it is there."""
        self.sagemaker.create_feature_group(**definition(name, **more))
        self.advance()
        assert self.status(name) == "Created", self.describe(name)
        return self.describe(name)

    def describe(self, name=GROUP):
        return self.sagemaker.describe_feature_group(FeatureGroupName=name)

    def status(self, name=GROUP):
        return self.describe(name)["FeatureGroupStatus"]

    def put(self, id, at, count=None, name=GROUP, **more):
        values = {"id": id, "at": at, "count": count}
        record = [
            {"FeatureName": key, "ValueAsString": str(value)}
            for key, value in values.items()
            if value is not None
        ]
        self.runtime.put_record(FeatureGroupName=name, Record=record, **more)

    def delete(self, id, at, name=GROUP, **more):
        place = {"FeatureGroupName": name, "RecordIdentifierValueAsString": id}
        self.runtime.delete_record(**place, EventTime=str(at), **more)

    def get(self, id, name=GROUP, **more):
        """Return a record of the online store as a dict, None where there is none."""
        place = {"FeatureGroupName": name, "RecordIdentifierValueAsString": id}
        record = self.runtime.get_record(**place, **more).get("Record")
        return record and {each["FeatureName"]: each["ValueAsString"] for each in record}

    def keys(self):
        """Return the keys of the offline store's objects."""
        return [info.key for info in self.aws.store.list(BUCKET, "features/")]

    def ask(self, sql, database="sagemaker_featurestore"):
        """Return the rows of a query of Athena, as texts."""
        athena = self.client("athena")
        query = athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": database},
            ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/athena/"},
        )["QueryExecutionId"]

        def status():
            answer = athena.get_query_execution(QueryExecutionId=query)
            return answer["QueryExecution"]["Status"]

        assert until(lambda: status()["State"] not in ("QUEUED", "RUNNING"))
        assert status()["State"] == "SUCCEEDED", status()
        rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"][1:]
        return [tuple(cell.get("VarCharValue") for cell in row["Data"]) for row in rows]
