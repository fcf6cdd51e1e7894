"""The steps of the pipeline, made by the SageMaker SDK from the course's job scripts; runs none."""

import json
from typing import TYPE_CHECKING

from helpers import gateway_function, payloads, schedule_function
from helpers.automation import live_version
from helpers.automation.function_step import calling
from helpers.automation.pipeline_roles import PipelineRoles
from helpers.automation.processing_step import found, place, processing, retries
from helpers.config import Config
from helpers.container_images import serving_image, setup_image
from helpers.datasets import load_dataset
from helpers.endpoints import PROGRAM
from helpers.evaluation.report import COMPARISON, STATISTICS
from helpers.feature_groups import group_name
from helpers.gateway import gateway_order
from helpers.gateway_document import STAGE
from helpers.job_code import launch_arguments
from helpers.monitor_jobs import baseline_arguments, baseline_place
from helpers.registry import INSTANCE
from helpers.session import invoke_url, role_arn
from helpers.training_setups import training_setup
from helpers.watch_schedules import watch_order

if TYPE_CHECKING:
    from sagemaker.core.helper.session_helper import Session
    from sagemaker.core.workflow.parameters import ParameterInteger
    from sagemaker.mlops.workflow.lambda_step import LambdaStep
    from sagemaker.mlops.workflow.model_step import ModelStep
    from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep

CHECKS = "checks.json"
LEARNING_RATE = 2.5e-3
"""Peak rate for a model that is trained already: a new one's, eight times as high, unlearns first
(bins: validation accuracy 0.91, after one epoch 0.86 at this rate and 0.78 at 6e-3)."""


def live(
    config: Config, session: "Session", roles: PipelineRoles, *, put: bool = True
) -> "LambdaStep":
    """Return the step that names the live version, by a function of Lambda.

    Args:
        put: whether the SDK puts the function anew when the pipeline is defined.
    """
    inputs = {"endpoint": config.name, "shards": config.uri("shards")}
    outputs = ("version", "model", "shards")
    return calling(
        config, session, "Live", live_version, roles.function, inputs, outputs, put=put
    )  # fmt: skip


def explore(config: Config, session: "Session", live: "LambdaStep") -> "ProcessingStep":
    """Return the step that looks at the records that the live version has not seen."""
    arguments = ["--dataset", config.dataset, "--raw", config.uri("raw")]
    arguments += ["--shards", live.properties.Outputs["shards"]]
    models, output = {"model": live.properties.Outputs["model"]}, place(config, "exploration")
    return processing(
        config, session, "Explore", "explore.py", arguments,
        models=models, output=output, result=CHECKS,
    )  # fmt: skip


def features(config: Config, session: "Session") -> "ProcessingStep":
    """Return the step that writes the records' metadata to the Feature Store, if it is new."""
    arguments = ["--dataset", config.dataset, "--raw", config.uri("raw")]
    arguments += ["--group", group_name(config), "--within", place(config, "exploration")]
    output = place(config, "features")
    return processing(
        config, session, "Features", "features.py", arguments, models={}, output=output
    )


def shards(
    config: Config, session: "Session", live: "LambdaStep", after: "ProcessingStep"
) -> "ProcessingStep":
    """Return the step that shards all records that the Feature Store has.

    What was in the live model's test stays there.
    """
    arguments = ["--dataset", config.dataset, "--raw", config.uri("raw"), "--source", config.source]
    arguments += ["--output", place(config, "shards"), "--keep", live.properties.Outputs["shards"]]
    arguments += ["--group", group_name(config), "--within", place(config, "exploration")]
    output = place(config, "sharding")
    return processing(
        config, session, "Shards", "shard.py", arguments, models={}, output=output, after=after
    )


def train(
    config: Config, session: "Session", epochs: "ParameterInteger", live: "LambdaStep",
    after: "ProcessingStep",
) -> "TrainingStep":  # fmt: skip
    """Return the step in which the live model goes on learning, on the execution's shards."""
    from sagemaker.core.training.configs import (
        Compute,
        InputData,
        OutputDataConfig,
        StoppingCondition,
    )
    from sagemaker.mlops.workflow.steps import TrainingStep
    from sagemaker.train import ModelTrainer

    setup = training_setup("ml.m5.xlarge")
    hyperparameters = {"data": place(config, "shards"), "epochs": epochs, "lr": LEARNING_RATE}
    trainer = ModelTrainer(
        training_image=setup_image(config, setup),
        compute=Compute(instance_type=setup.instance_type, instance_count=1, volume_size_in_gb=30),
        **launch_arguments(config, setup, hyperparameters),
        output_data_config=OutputDataConfig(s3_output_path=config.uri("pipeline", "models")),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=3600),
        base_job_name=f"{config.name}-train",
        role=role_arn(config),
        sagemaker_session=session,
    )
    model = InputData(channel_name="model", data_source=live.properties.Outputs["model"])
    return TrainingStep(
        name="Train",
        step_args=trainer.train(input_data_config=[model]),
        depends_on=[after],
        retry_policies=retries(),
    )


def evaluate(
    config: Config, session: "Session", live: "LambdaStep", trained: "TrainingStep"
) -> "ProcessingStep":
    """Return the step in which the new model and the live one answer the same test samples."""
    models = {"model": trained.properties.ModelArtifacts.S3ModelArtifacts}
    models["live"] = live.properties.Outputs["model"]
    arguments = ["--shards", place(config, "shards"), "--live", "/opt/ml/processing/input/live"]
    return processing(
        config, session, "Evaluate", "evaluate.py", arguments,
        models=models, output=place(config, "evaluation"), result=COMPARISON,
    )  # fmt: skip


def register(
    config: Config, session: "Session", trained: "TrainingStep", evaluated: "ProcessingStep"
) -> "ModelStep":
    """Return the step that registers the new model with its metrics and its origin."""
    from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
    from sagemaker.core.workflow.execution_variables import ExecutionVariables
    from sagemaker.core.workflow.functions import Join
    from sagemaker.mlops.workflow.model_step import ModelStep
    from sagemaker.serve import ModelBuilder

    dataset = load_dataset(config.dataset)
    builder = ModelBuilder(
        image_uri=serving_image(config),
        s3_model_data_url=trained.properties.ModelArtifacts.S3ModelArtifacts,
        env_vars=PROGRAM,
        role_arn=role_arn(config),
        sagemaker_session=session,
    )
    statistics = Join(on="/", values=[place(config, "evaluation"), STATISTICS])
    source = MetricsSource(content_type="application/json", s3_uri=statistics)
    step_args = builder.register(
        model_package_group_name=config.name,
        content_types=[*dataset.content_types, payloads.JSON],
        response_types=[payloads.JSON, payloads.CSV],
        inference_instances=[INSTANCE],
        model_metrics=ModelMetrics(model_statistics=source),
        approval_status="PendingManualApproval",
        customer_metadata_properties={
            "dataset": config.dataset,
            "raw-data": config.source,
            "training-job": trained.properties.TrainingJobName,
            "evaluation": place(config, "evaluation"),
            "shards": place(config, "shards"),
            "manifest": found(evaluated, COMPARISON, "manifest"),
            "score": found(evaluated, COMPARISON, "score"),
            "value": found(evaluated, COMPARISON, "value"),
            "execution": ExecutionVariables.PIPELINE_EXECUTION_ARN,
        },
    )
    return ModelStep(name="Register", step_args=step_args)


def deploy(
    config: Config, session: "Session", roles: PipelineRoles, canary: "ParameterInteger",
    live: "LambdaStep", registered: "ModelStep",
) -> "ProcessingStep":  # fmt: skip
    """Return the step that approves the version and lets the endpoint serve it, if all goes well.

    Args:
        canary: seconds for which the new version answers a share of the requests first.
    """
    arguments = ["--package", registered.properties.ModelPackageArn, "--endpoint", config.name]
    arguments += ["--role", role_arn(config), "--why", "it is not worse than the live version"]
    arguments += ["--wait", canary.to_string(), "--compared", live.properties.Outputs["version"]]
    return processing(
        config, session, "Deploy", "deploy.py", arguments, models={},
        output=place(config, "deployment"), role=roles.deployment,
    )  # fmt: skip


def baseline(
    config: Config, session: "Session", trained: "TrainingStep", after: "ProcessingStep"
) -> "ProcessingStep":
    """Return the step by which the monitor of 09 compares with the version that is live now.

    It writes where the monitoring jobs read, as nothing else of an execution does.
    """
    folder = "/opt/ml/processing"
    arguments = baseline_arguments(config, place(config, "shards"), f"{folder}/input/model")
    arguments += ["--output", f"{folder}/output"]
    models = {"model": trained.properties.ModelArtifacts.S3ModelArtifacts}
    return processing(
        config, session, "Baseline", "monitor.py", arguments,
        models=models, output=baseline_place(config), after=after,
    )  # fmt: skip


def gateway(
    config: Config, session: "Session", roles: PipelineRoles, after: "ProcessingStep",
    *, put: bool = True,
) -> "LambdaStep":  # fmt: skip
    """Return the step that puts the REST API of 08, with the default limits.

    It makes neither page nor usage plan: where it made the API anew, 08 adds them.
    """
    order = gateway_order(config, config.name, roles.gateway)
    inputs = {"order": json.dumps(order), "url": invoke_url(config, "{api}", STAGE)}
    return calling(
        config, session, "Gateway", gateway_function, roles.gateway_function, inputs,
        ("url", "done"), put=put, after=after,
    )  # fmt: skip


def schedule(
    config: Config, session: "Session", roles: PipelineRoles, after: "ProcessingStep",
    *, put: bool = True,
) -> "LambdaStep":  # fmt: skip
    """Return the step that puts the schedule of 09.

    Its jobs compare with the baseline that is there when they run.
    """
    inputs = {"order": json.dumps(watch_order(config, config.name, roles.schedules))}
    return calling(
        config, session, "Schedule", schedule_function, roles.schedule_function, inputs,
        ("name", "done"), put=put, after=after,
    )  # fmt: skip
