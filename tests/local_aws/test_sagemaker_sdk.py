"""The SageMaker SDK, unmodified: asynchronous and serverless endpoints, feature groups."""

import json
from datetime import UTC, datetime

import pandas as pd
import pytest

from helpers.roles import make_role
from helpers.session import role_arn, sagemaker_session
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_aws.services.sagemaker.jobs.requests import until
from tests.local_cloud import BUCKET, SERVING

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the SDK warns of itself
OUT, FAILURES = f"s3://{BUCKET}/answers", f"s3://{BUCKET}/failures"


@pytest.fixture
def deploy(aws, config):
    """Return a function that deploys a tiny model by ModelBuilder."""
    from sagemaker.serve import ModelBuilder

    make_role(config)
    aws.store.put(BUCKET, "model.tar.gz", archive())

    def deploy(inference_config, **more):
        builder = ModelBuilder(
            image_uri=SERVING, model_path=f"s3://{BUCKET}/model.tar.gz",
            role_arn=role_arn(config), sagemaker_session=sagemaker_session(config), **more,
        )  # fmt: skip
        builder.build(model_name="model")
        return builder.deploy(endpoint_name="endpoint", inference_config=inference_config)

    return deploy


def test_an_asynchronous_endpoint_is_deployed_and_asked_by_its_resource(aws, deploy):
    from sagemaker.core.inference_config import AsyncInferenceConfig

    asynchronous = AsyncInferenceConfig(output_path=OUT, failure_path=FAILURES)
    endpoint = deploy(asynchronous, instance_type="ml.m5.large")
    assert endpoint.async_inference_config.output_config.s3_output_path == OUT
    aws.store.put(BUCKET, "clip", b"hello")
    told = endpoint.invoke_async(input_location=f"s3://{BUCKET}/clip", content_type="text/plain")
    assert told.output_location.startswith(f"{OUT}/")
    assert told.failure_location.startswith(f"{FAILURES}/")
    key = told.output_location.removeprefix(f"s3://{BUCKET}/")
    assert until(lambda: key in [info.key for info in aws.store.list(BUCKET)])
    assert json.loads(aws.store.read(BUCKET, key))["bytes"] == 5


def test_a_serverless_endpoint_is_deployed_and_asked(deploy):
    from sagemaker.core.inference_config import ServerlessInferenceConfig

    endpoint = deploy(ServerlessInferenceConfig(memory_size_in_mb=1024, max_concurrency=1))
    answer = endpoint.invoke(body=b"hello", content_type="text/plain")
    body = answer.body if isinstance(answer.body, dict) else json.loads(answer.body.read())
    assert body["bytes"] == 5


def test_a_feature_group_is_made_filled_read_extended_and_deleted(client, config):
    from sagemaker.core.resources import FeatureGroup
    from sagemaker.core.shapes import (
        BatchGetRecordIdentifier,
        FeatureDefinition,
        FeatureValue,
        OfflineStoreConfig,
        OnlineStoreConfig,
        S3StorageConfig,
    )
    from sagemaker.mlops.feature_store import create_athena_query, ingest_dataframe

    make_role(config)
    session = sagemaker_session(config)
    kinds = {"id": "String", "at": "String", "count": "Integral"}
    group = FeatureGroup.create(
        feature_group_name="birds",
        record_identifier_feature_name="id",
        event_time_feature_name="at",
        feature_definitions=[
            FeatureDefinition(feature_name=name, feature_type=kind) for name, kind in kinds.items()
        ],
        online_store_config=OnlineStoreConfig(enable_online_store=True),
        offline_store_config=OfflineStoreConfig(
            s3_storage_config=S3StorageConfig(s3_uri=f"s3://{BUCKET}/features")
        ),
        role_arn=role_arn(config),
        session=session.boto_session,
    )
    group.wait_for_status("Created", poll=1)
    assert [each.feature_group_name for each in FeatureGroup.get_all()] == ["birds"]
    time = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    frame = pd.DataFrame({"id": ["a", "b"], "at": [time, time], "count": [1, 2]})
    assert not ingest_dataframe("birds", frame, max_workers=2).failed_rows
    values = {"id": "c", "at": time, "count": "3"}
    record = [
        FeatureValue(feature_name=name, value_as_string=text) for name, text in values.items()
    ]
    group.put_record(record=record)
    (answer,) = group.batch_get_record(
        identifiers=[
            BatchGetRecordIdentifier(
                feature_group_name="birds", record_identifiers_value_as_string=["b"]
            )
        ]
    ).records
    assert answer.record[2].value_as_string == "2"
    group.delete_record(record_identifier_value_as_string="c", event_time="2100-01-01T00:00:00Z")
    assert not group.get_record(record_identifier_value_as_string="c").record
    query = create_athena_query("birds", session)

    def counts():
        query.run(f'SELECT count FROM "{query.table_name}"', f"s3://{BUCKET}/athena")
        query.wait()
        return query.as_dataframe()["count"]

    assert until(lambda: counts().sum() == 6)
    group.update(
        feature_additions=[FeatureDefinition(feature_name="score", feature_type="Fractional")]
    )
    assert until(lambda: len(FeatureGroup.get("birds").feature_definitions) == 4)
    group.delete()
    group.wait_for_delete(poll=1)
