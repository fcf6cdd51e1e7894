"""The SDK's ModelBuilder and the resources of sagemaker-core serve on the local AWS, unmodified.

Each makes a model, puts it behind an endpoint, asks it, updates it and deletes all of it; the
resources also update under a canary's guard, move weights, shadow and capture.
"""

import json

import pytest

from tests.local_aws.services.sagemaker.jobs.requests import until
from tests.local_cloud import BUCKET, SERVING
from tests.two_models import CAPTURE, TYPE, captured, put_two_models

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the SDK warns of itself
NEXT_TO_NOTHING = 1e-9
"""A weight: sagemaker-core leaves a 0 in a shape out of the request."""


@pytest.fixture
def session(aws, config):
    """Return the SDK's session, as the course makes it, on an account with two archives."""
    from helpers.roles import make_role
    from helpers.session import sagemaker_session

    make_role(config)
    put_two_models(aws)
    return sagemaker_session(config)


def asked(endpoint):
    """Return the bytes of an endpoint's answer."""
    return endpoint.invoke(body=b"hello", content_type="text/plain").body.read()


def test_model_builder_builds_deploys_updates_and_is_deleted(aws, config, session):
    from sagemaker.core.resources import Endpoint, EndpointConfig, Model
    from sagemaker.core.shapes import ProductionVariant
    from sagemaker.serve import ModelBuilder

    from helpers.session import role_arn

    def builder(name):
        return ModelBuilder(
            image_uri=SERVING, s3_model_data_url=f"s3://{BUCKET}/{name}.tar.gz",
            role_arn=role_arn(config), instance_type=TYPE, sagemaker_session=session,
        )  # fmt: skip

    first, second = builder("first"), builder("second")
    model = first.build(model_name="first")
    assert model.model_name == "first" and model.primary_container.image == SERVING
    endpoint = first.deploy(endpoint_name="built", initial_instance_count=1, wait=False)
    endpoint.wait_for_status("InService", poll=1)
    assert json.loads(asked(endpoint))["model"] == "first"
    made = endpoint.endpoint_config_name

    # `deploy(update_endpoint=True)` of 3.27.0 ends before its first request: it calls its session's
    # create_endpoint_config with a `model_name`, which that does not take.
    second.build(model_name="second")
    EndpointConfig.create(
        endpoint_config_name="updated",
        production_variants=[
            ProductionVariant(
                variant_name="AllTraffic", model_name="second", instance_type=TYPE,
                initial_instance_count=1,
            )
        ],
    )  # fmt: skip
    endpoint.endpoint_config_name = "updated"
    endpoint.update()
    endpoint.wait_for_status("InService", poll=1)
    assert json.loads(asked(endpoint))["model"] == "second"

    endpoint.delete()
    endpoint.wait_for_delete(poll=1)
    for name in (made, "updated"):
        EndpointConfig.get(name).delete()
    for name in ("first", "second"):
        Model.get(name).delete()
    assert not list(Endpoint.get_all()) and not list(Model.get_all())


def test_the_resources_of_sagemaker_core_update_shadow_capture_and_weigh(aws, config, session):
    from sagemaker.core.resources import Endpoint, EndpointConfig, Model
    from sagemaker.core.shapes import (
        Alarm,
        AutoRollbackConfig,
        BlueGreenUpdatePolicy,
        CapacitySize,
        CaptureOption,
        ContainerDefinition,
        DataCaptureConfig,
        DeploymentConfig,
        DesiredWeightAndCapacity,
        ProductionVariant,
        TrafficRoutingConfig,
    )

    from helpers.session import role_arn

    for name in ("first", "second"):
        container = ContainerDefinition(
            image=SERVING, model_data_url=f"s3://{BUCKET}/{name}.tar.gz"
        )
        Model.create(
            model_name=name, primary_container=container, execution_role_arn=role_arn(config)
        )

    def variant(name, model, weight=1.0):
        return ProductionVariant(
            variant_name=name, model_name=model, instance_type=TYPE, initial_instance_count=1,
            initial_variant_weight=weight,
        )  # fmt: skip

    capture = DataCaptureConfig(
        enable_capture=True, initial_sampling_percentage=100, destination_s3_uri=CAPTURE,
        capture_options=[CaptureOption(capture_mode="Input"), CaptureOption(capture_mode="Output")],
    )  # fmt: skip
    EndpointConfig.create(
        endpoint_config_name="one", production_variants=[variant("all", "first")],
        data_capture_config=capture,
    )  # fmt: skip
    endpoint = Endpoint.create(endpoint_name="endpoint", endpoint_config_name="one")
    endpoint.wait_for_status("InService", poll=1)

    def models(times=1):
        return {json.loads(asked(endpoint))["model"] for _ in range(times)}

    assert models() == {"first"}
    assert until(lambda: captured(aws))

    EndpointConfig.create(
        endpoint_config_name="two", production_variants=[variant("all", "second")]
    )
    canary = TrafficRoutingConfig(
        type="CANARY", wait_interval_in_seconds=1,
        canary_size=CapacitySize(type="CAPACITY_PERCENT", value=50),
    )  # fmt: skip
    endpoint.endpoint_config_name = "two"
    endpoint.update(
        deployment_config=DeploymentConfig(
            blue_green_update_policy=BlueGreenUpdatePolicy(traffic_routing_configuration=canary),
            auto_rollback_configuration=AutoRollbackConfig(alarms=[Alarm(alarm_name="errors")]),
        ),
    )
    endpoint.wait_for_status("InService", poll=1)
    assert models(4) == {"second"}

    EndpointConfig.create(
        endpoint_config_name="both",
        production_variants=[variant("a", "first"), variant("b", "second", NEXT_TO_NOTHING)],
    )
    endpoint.endpoint_config_name = "both"
    endpoint.update()
    endpoint.wait_for_status("InService", poll=1)
    assert models(4) == {"first"}
    endpoint.update_weights_and_capacities(
        desired_weights_and_capacities=[
            DesiredWeightAndCapacity(variant_name="a", desired_weight=NEXT_TO_NOTHING),
            DesiredWeightAndCapacity(variant_name="b", desired_weight=1.0),
        ]
    )
    endpoint.wait_for_status("InService", poll=1)
    assert models(4) == {"second"}

    EndpointConfig.create(
        endpoint_config_name="shadowed", production_variants=[variant("all", "first")],
        shadow_production_variants=[variant("shadow", "second")],
    )  # fmt: skip
    endpoint.endpoint_config_name = "shadowed"
    endpoint.update()
    endpoint.wait_for_status("InService", poll=1)
    assert endpoint.shadow_production_variants[0].variant_name == "shadow"
    assert models(4) == {"first"}

    endpoint.delete()
    endpoint.wait_for_delete(poll=1)
    for name in ("one", "two", "both", "shadowed"):
        EndpointConfig.get(name).delete()
    for name in ("first", "second"):
        Model.get(name).delete()
    assert not list(EndpointConfig.get_all()) and not list(Model.get_all())
