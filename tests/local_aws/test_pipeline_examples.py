"""Pipelines in the shape of AWS's public examples of the SDK, with small scripts; all are our own.

https://github.com/aws/sagemaker-python-sdk/tree/master/v3-examples/ml-ops-examples
docs/local-aws.md lists the examples by name, each with its result.
"""

import json

import pytest
from botocore.exceptions import ClientError

from helpers.session import client, role_arn
from tests.local_aws.pipeline_sessions import pipeline_session
from tests.local_cloud import BUCKET, IMAGE, SERVING

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the SDK warns of itself

PREPROCESS = """
import argparse, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--input-data", required=True)
parser.parse_args()
base = pathlib.Path("/opt/ml/processing")
rows = (base / "input" / "rows.csv").read_text().splitlines()
for name, part in (("train", rows[:2]), ("validation", rows[2:3]), ("test", rows[3:])):
    (base / name / f"{name}.csv").write_text("\\n".join(part))
"""
TRAIN = """
import json, os, pathlib
given = json.loads(os.environ["SM_HPS"])
rows = 0
for name in ("train", "validation"):
    if folder := os.environ.get(f"SM_CHANNEL_{name.upper()}"):
        rows += len(pathlib.Path(folder, f"{name}.csv").read_text().splitlines())
loss = (float(given.get("lr", 0.5)) - 0.03) ** 2
pathlib.Path(os.environ["SM_MODEL_DIR"], "weights").write_text(str(rows))
print(f"rows {rows}; Test set: Average loss: {loss:.6f}", flush=True)
"""


@pytest.fixture
def session(aws, config):
    """Return the SDK's session of pipelines."""
    aws.store.put(BUCKET, "input/rows.csv", b"1,2\n3,4\n5,6\n7,8")
    return pipeline_session(config)


@pytest.fixture
def trainer(config, session, tmp_path):
    """Return a function that makes a trainer of `TRAIN`."""
    from sagemaker.core.training.configs import Compute, SourceCode
    from sagemaker.train import ModelTrainer

    source = tmp_path / "source"
    source.mkdir()
    (source / "train.py").write_text(TRAIN)

    def make(kind="ml.m5.large", count=1, **more):
        return ModelTrainer(
            training_image=IMAGE, role=role_arn(config), sagemaker_session=session,
            source_code=SourceCode(source_dir=str(source), entry_script="train.py"),
            compute=Compute(instance_type=kind, instance_count=count, volume_size_in_gb=1), **more,
        )  # fmt: skip

    return make


@pytest.fixture
def run(config, session):
    """Return a function that upserts and runs a pipeline, and returns pipeline and execution."""
    from sagemaker.mlops.workflow.pipeline import Pipeline

    def run(steps, parameters=(), name="example"):
        pipeline = Pipeline(
            name=name, parameters=[*parameters], steps=steps, sagemaker_session=session
        )
        assert json.loads(pipeline.definition())["Steps"]
        pipeline.upsert(role_arn=role_arn(config))
        execution = pipeline.start()
        execution.wait(delay=1, max_attempts=180)
        return pipeline, execution

    return run


def listed(execution):
    return {each["StepName"]: each for each in execution.list_steps()}


@pytest.fixture
def preprocess(config, session, tmp_path):
    """Return a cached step that splits rows into three folders, and its two parameters."""
    from sagemaker.core.processing import ProcessingInput, ProcessingOutput, ScriptProcessor
    from sagemaker.core.shapes import ProcessingS3Input, ProcessingS3Output
    from sagemaker.core.workflow.parameters import ParameterInteger, ParameterString
    from sagemaker.mlops.workflow.steps import CacheConfig, ProcessingStep

    count = ParameterInteger(name="ProcessingInstanceCount", default_value=1)
    data = ParameterString(name="InputDataUrl", default_value=f"s3://{BUCKET}/input")
    (tmp_path / "preprocess.py").write_text(PREPROCESS)
    processor = ScriptProcessor(
        role=role_arn(config), image_uri=IMAGE, command=["python3"], instance_count=count,
        instance_type="ml.m5.large", sagemaker_session=session, base_job_name="preprocess",
    )  # fmt: skip
    rows = ProcessingInput(
        input_name="input-1",
        s3_input=ProcessingS3Input(
            s3_uri=data, local_path="/opt/ml/processing/input", s3_data_type="S3Prefix",
            s3_input_mode="File", s3_data_distribution_type="ShardedByS3Key",
        ),
    )  # fmt: skip
    outputs = [
        ProcessingOutput(
            output_name=name,
            s3_output=ProcessingS3Output(
                s3_uri=f"s3://{BUCKET}/{name}", local_path=f"/opt/ml/processing/{name}",
                s3_upload_mode="EndOfJob",
            ),
        )
        for name in ("train", "validation", "test")
    ]  # fmt: skip
    arguments = processor.run(
        inputs=[rows], outputs=outputs, code=str(tmp_path / "preprocess.py"),
        arguments=["--input-data", data],
    )  # fmt: skip
    cache = CacheConfig(enable_caching=True, expire_after="30d")
    step = ProcessingStep(name="Preprocess", step_args=arguments, cache_config=cache)
    return step, [count, data], cache


def test_a_model_is_trained_created_and_registered_and_the_next_run_takes_over_the_jobs(
    config, session, trainer, run, preprocess
):
    from sagemaker.core.training.configs import InputData
    from sagemaker.core.workflow.parameters import ParameterString
    from sagemaker.mlops.workflow.model_step import ModelStep
    from sagemaker.mlops.workflow.steps import TrainingStep
    from sagemaker.serve import ModelBuilder

    split, parameters, cache = preprocess
    kind = ParameterString(name="TrainingInstanceType", default_value="ml.m5.large")
    depth = ParameterString(name="MaxDepth", default_value="5")
    outputs = split.properties.ProcessingOutputConfig.Outputs
    channels = [
        InputData(
            channel_name=name, data_source=outputs[name].S3Output.S3Uri, content_type="text/csv"
        )
        for name in ("train", "validation")
    ]
    model_trainer = trainer(
        kind, hyperparameters={"max_depth": depth, "eta": 0.2}, input_data_config=channels
    )
    train = TrainingStep(name="Train", step_args=model_trainer.train(), cache_config=cache)
    builder = ModelBuilder(
        s3_model_data_url=train.properties.ModelArtifacts.S3ModelArtifacts, image_uri=SERVING,
        sagemaker_session=session, role_arn=role_arn(config),
    )  # fmt: skip
    create = ModelStep(name="CreateModel", step_args=builder.build())
    register = ModelStep(
        name="RegisterModel",
        step_args=builder.register(
            model_package_group_name="group", content_types=["application/json"],
            response_types=["application/json"], inference_instances=["ml.m5.large"],
            approval_status="Approved",
        ),
    )  # fmt: skip
    steps = [split, train, create, register]
    pipeline, execution = run(steps, [*parameters, kind, depth])
    first = listed(execution)
    assert {each["StepStatus"] for each in first.values()} == {"Succeeded"} and len(first) == 4
    sagemaker = client(config, "sagemaker")
    (job,) = sagemaker.list_training_jobs()["TrainingJobSummaries"]
    assert first["Train"]["Metadata"]["TrainingJob"]["Arn"] == job["TrainingJobArn"]
    (version,) = sagemaker.list_model_packages(ModelPackageGroupName="group")[
        "ModelPackageSummaryList"
    ]
    shown = sagemaker.describe_model_package(ModelPackageName=version["ModelPackageArn"])
    assert shown["ModelApprovalStatus"] == "Approved"
    trace(sagemaker, shown, execution.arn)
    again = pipeline.start()
    again.wait(delay=1, max_attempts=180)
    for name in ("Preprocess", "Train"):
        hit = listed(again)[name]["CacheHitResult"]
        assert hit["SourcePipelineExecutionArn"] == execution.arn
    assert len(sagemaker.list_training_jobs()["TrainingJobSummaries"]) == 1


def trace(sagemaker, version, execution):
    """Follow a version back to the objects in S3 that it was made of, by AWS's calls alone."""
    assert version["MetadataProperties"]["GeneratedBy"] == execution
    (container,) = version["InferenceSpecification"]["Containers"]
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=execution)
    metadata = {each["StepName"]: each["Metadata"] for each in steps["PipelineExecutionSteps"]}
    assert metadata["RegisterModel"]["RegisterModel"]["Arn"] == version["ModelPackageArn"]
    name = metadata["Train"]["TrainingJob"]["Arn"].partition("training-job/")[2]
    training = sagemaker.describe_training_job(TrainingJobName=name)
    assert training["ModelArtifacts"]["S3ModelArtifacts"] == container["ModelDataUrl"]
    read = {
        each["ChannelName"]: each["DataSource"]["S3DataSource"]["S3Uri"]
        for each in training["InputDataConfig"]
    }
    name = metadata["Preprocess"]["ProcessingJob"]["Arn"].partition("processing-job/")[2]
    processing = sagemaker.describe_processing_job(ProcessingJobName=name)
    written = {
        each["OutputName"]: each["S3Output"]["S3Uri"]
        for each in processing["ProcessingOutputConfig"]["Outputs"]
    }
    assert written["train"] == read["train"] and written["validation"] == read["validation"]
    inputs = {
        each["InputName"]: each["S3Input"]["S3Uri"] for each in processing["ProcessingInputs"]
    }
    assert inputs["input-1"] == f"s3://{BUCKET}/input"


def test_an_execution_is_found_by_its_arn_described_listed_waited_for_and_stopped(
    session, trainer, run
):
    from sagemaker.mlops.workflow.pipeline import PipelineExecution
    from sagemaker.mlops.workflow.steps import TrainingStep

    _, ran = run([TrainingStep(name="Train", step_args=trainer().train())])
    execution = PipelineExecution(arn=ran.arn, sagemaker_session=session)
    assert execution.describe()["PipelineExecutionStatus"] == "Succeeded"
    assert [each["StepName"] for each in execution.list_steps()] == ["Train"]
    execution.wait(delay=1)
    with pytest.raises(ClientError, match="is Succeeded"):
        execution.stop()


def test_a_tuning_step_gives_its_best_model_to_a_model_step(config, session, trainer, run):
    from sagemaker.core.parameter import CategoricalParameter, ContinuousParameter
    from sagemaker.core.training.configs import InputData
    from sagemaker.mlops.workflow.model_step import ModelStep
    from sagemaker.mlops.workflow.steps import TuningStep
    from sagemaker.serve import ModelBuilder
    from sagemaker.train.tuner import HyperparameterTuner

    tuner = HyperparameterTuner(
        model_trainer=trainer(hyperparameters={"epochs": 1}, base_job_name="tuned"),
        objective_metric_name="average test loss",
        hyperparameter_ranges={
            "lr": ContinuousParameter(0.001, 0.1),
            "batch-size": CategoricalParameter([32, 64]),
        },
        metric_definitions=[
            {"Name": "average test loss", "Regex": r"Test set: Average loss: ([0-9\.]+)"}
        ],
        max_jobs=3, max_parallel_jobs=2, strategy="Random", objective_type="Minimize",
        early_stopping_type="Auto",
    )  # fmt: skip
    data = InputData(channel_name="training", data_source=f"s3://{BUCKET}/input")
    tuning = TuningStep(name="Tuning", step_args=tuner.tune(inputs=[data], wait=False))
    builder = ModelBuilder(
        image_uri=SERVING, sagemaker_session=session, role_arn=role_arn(config),
        s3_model_data_url=tuning.get_top_model_s3_uri(top_k=0, s3_bucket=BUCKET, prefix="tuned"),
    )  # fmt: skip
    create = ModelStep(name="CreateBestModel", step_args=builder.build())
    _, execution = run([tuning, create])
    steps = listed(execution)
    assert {name: each["StepStatus"] for name, each in steps.items()} == {
        "Tuning": "Succeeded", "CreateBestModel": "Succeeded",
    }, steps  # fmt: skip
    sagemaker = client(config, "sagemaker")
    name = steps["Tuning"]["Metadata"]["TuningJob"]["Arn"].rpartition("/")[2]
    best = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    best = best["BestTrainingJob"]["TrainingJobName"]
    made = steps["CreateBestModel"]["Metadata"]["Model"]["Arn"].rpartition("/")[2]
    model = sagemaker.describe_model(ModelName=made)
    assert best in model["PrimaryContainer"]["ModelDataUrl"]
    assert len(sagemaker.list_training_jobs()["TrainingJobSummaries"]) == 3


def test_tags_of_a_later_upsert_are_added_to_the_pipeline(config, session, trainer):
    from sagemaker.mlops.workflow.pipeline import Pipeline
    from sagemaker.mlops.workflow.steps import TrainingStep

    steps = [TrainingStep(name="Train", step_args=trainer().train())]
    pipeline = Pipeline(name="example", steps=steps, sagemaker_session=session)
    pipeline.upsert(role_arn=role_arn(config), tags=[{"Key": "team", "Value": "birds"}])
    made = pipeline.upsert(role_arn=role_arn(config), tags=[{"Key": "stage", "Value": "test"}])
    tags = client(config, "sagemaker").list_tags(ResourceArn=made["PipelineArn"])["Tags"]
    values = {tag["Key"]: tag["Value"] for tag in tags}
    assert values | {"team": "birds", "stage": "test"} == values


def test_a_lineage_of_the_users_own_is_refused_by_name(config, session):
    sagemaker = client(config, "sagemaker")
    with pytest.raises(ClientError, match="CreateContext"):
        sagemaker.create_context(
            ContextName="a", ContextType="MLWorkflow", Source={"SourceUri": "b"}
        )
