"""Pipelines of the SageMaker SDK, unmodified, run on the local AWS: their steps are real jobs."""

import json

import pytest

from tests.local_aws.pipeline_sessions import pipeline_session
from tests.local_aws.services.functions.conftest import ROLE, make_role
from tests.local_aws.services.sagemaker.hosting.models import archive
from tests.local_aws.services.sagemaker.jobs.requests import until
from tests.local_cloud import BUCKET, IMAGE, SERVING

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the SDK warns of itself

EVALUATE = """
import argparse, json, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--accuracy", type=float)
folder = pathlib.Path("/opt/ml/processing/evaluation")
report = {"metrics": {"accuracy": {"value": parser.parse_args().accuracy}}}
(folder / "evaluation.json").write_text(json.dumps(report))
"""
TRAIN = """
import json, os, pathlib, shutil
given = json.loads(os.environ["SM_HPS"])
assert given["epochs"] in (3, "3"), given
report = pathlib.Path(os.environ["SM_CHANNEL_REPORT"], "evaluation.json")
shutil.copy(report, os.environ["SM_MODEL_DIR"])
print("trained", flush=True)
"""


@pytest.fixture
def session(aws, config):
    """Return the SDK's session of pipelines."""
    return pipeline_session(config)


@pytest.fixture
def steps(config, session, tmp_path):
    """Return the steps of a chain: evaluate, train, and register what is good enough."""
    from sagemaker.core.processing import ProcessingOutput, ScriptProcessor
    from sagemaker.core.shapes import ProcessingS3Output
    from sagemaker.core.training.configs import Compute, InputData, SourceCode
    from sagemaker.core.workflow.conditions import ConditionGreaterThanOrEqualTo
    from sagemaker.core.workflow.functions import Join, JsonGet
    from sagemaker.core.workflow.parameters import ParameterFloat, ParameterInteger
    from sagemaker.core.workflow.properties import PropertyFile
    from sagemaker.mlops.workflow.condition_step import ConditionStep
    from sagemaker.mlops.workflow.fail_step import FailStep
    from sagemaker.mlops.workflow.model_step import ModelStep
    from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep
    from sagemaker.serve import ModelBuilder
    from sagemaker.train import ModelTrainer

    from helpers.session import role_arn

    accuracy = ParameterFloat("Accuracy", default_value=0.9)
    epochs = ParameterInteger("Epochs", default_value=3)
    (tmp_path / "evaluate.py").write_text(EVALUATE)
    processor = ScriptProcessor(
        role=role_arn(config), image_uri=IMAGE, command=["python3"], instance_count=1,
        instance_type="ml.m5.large", sagemaker_session=session,
    )  # fmt: skip
    output = ProcessingOutput(
        output_name="evaluation",
        s3_output=ProcessingS3Output(
            s3_uri=f"s3://{BUCKET}/evaluation", s3_upload_mode="EndOfJob",
            local_path="/opt/ml/processing/evaluation",
        ),
    )  # fmt: skip
    report = PropertyFile(name="Report", output_name="evaluation", path="evaluation.json")
    evaluate = ProcessingStep(
        name="Evaluate",
        step_args=processor.run(
            code=str(tmp_path / "evaluate.py"), outputs=[output],
            arguments=["--accuracy", accuracy.to_string()],
        ),
        property_files=[report],
    )  # fmt: skip
    source = tmp_path / "source"
    source.mkdir()
    (source / "train.py").write_text(TRAIN)
    trainer = ModelTrainer(
        training_image=IMAGE, role=role_arn(config), sagemaker_session=session,
        source_code=SourceCode(source_dir=str(source), entry_script="train.py"),
        compute=Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=1),
        hyperparameters={"epochs": epochs}, base_job_name="train",
    )  # fmt: skip
    uri = evaluate.properties.ProcessingOutputConfig.Outputs["evaluation"].S3Output.S3Uri
    train = TrainingStep(
        name="Train",
        step_args=trainer.train(
            input_data_config=[InputData(channel_name="report", data_source=uri)]
        ),
    )
    builder = ModelBuilder(
        image_uri=SERVING, role_arn=role_arn(config), sagemaker_session=session,
        s3_model_data_url=f"s3://{BUCKET}/model.tar.gz",
    )  # fmt: skip
    register = ModelStep(
        name="Register",
        step_args=builder.register(
            model_package_group_name="models", content_types=["text/plain"],
            response_types=["application/json"], inference_instances=["ml.m5.large"],
            approval_status="PendingManualApproval",
        ),
        depends_on=[train],
    )  # fmt: skip
    reached = JsonGet(
        step_name="Evaluate", property_file=report, json_path="metrics.accuracy.value"
    )
    enough = ConditionStep(
        name="Enough",
        conditions=[ConditionGreaterThanOrEqualTo(left=reached, right=0.8)],
        if_steps=[train, register],
        else_steps=[FailStep("Bad", Join(on=" ", values=["accuracy", reached, "< 0.8"]))],
    )
    return [accuracy, epochs], [evaluate, enough]


def test_a_chain_is_upserted_started_and_registers_only_a_good_model(aws, config, session, steps):
    from sagemaker.mlops.workflow.pipeline import Pipeline

    from helpers.session import client, role_arn

    aws.store.put(BUCKET, "model.tar.gz", archive())
    parameters, chain = steps
    pipeline = Pipeline(name="chain", parameters=parameters, steps=chain, sagemaker_session=session)
    for _ in range(2):
        pipeline.upsert(role_arn=role_arn(config))
    assert json.loads(pipeline.describe()["PipelineDefinition"])["Version"] == "2020-12-01"
    good = pipeline.start()
    good.wait(delay=1, max_attempts=120)
    listed = {each["StepName"]: each for each in good.list_steps()}
    assert {name: each["StepStatus"] for name, each in listed.items()} == dict.fromkeys(
        ("Evaluate", "Enough", "Train", "Register"), "Succeeded"
    )
    sagemaker = client(config, "sagemaker")
    [package] = sagemaker.list_model_packages(ModelPackageGroupName="models")[
        "ModelPackageSummaryList"
    ]
    metadata = listed["Register"]["Metadata"]["RegisterModel"]
    assert metadata == {"Arn": package["ModelPackageArn"]}
    bad = pipeline.start(parameters={"Accuracy": 0.5}, execution_display_name="bad")
    assert until(lambda: bad.describe()["PipelineExecutionStatus"] == "Failed", 60)
    assert bad.describe()["FailureReason"] == "accuracy 0.5 < 0.8"
    names = {each["Name"]: each["Value"] for each in bad.list_parameters()["PipelineParameters"]}
    assert names == {"Accuracy": "0.5", "Epochs": "3"}
    assert len(pipeline.list_executions()["PipelineExecutionSummaries"]) == 2
    jobs = sagemaker.list_training_jobs()["TrainingJobSummaries"]
    assert [each["TrainingJobStatus"] for each in jobs] == ["Completed"]
    pipeline.delete()


def test_the_resources_of_the_sdk_stop_and_retry_an_execution(aws, config, session):
    from sagemaker.core.resources import Pipeline, PipelineExecution

    from helpers.session import client, role_arn

    body = {"ErrorMessage": "no"}
    text = json.dumps(
        {"Version": "2020-12-01", "Steps": [{"Name": "a", "Type": "Fail", "Arguments": body}]}
    )
    client(config, "sagemaker").create_pipeline(
        PipelineName="chain", PipelineDefinition=text, RoleArn=role_arn(config)
    )
    arn = client(config, "sagemaker").start_pipeline_execution(PipelineName="chain")
    execution = PipelineExecution.get(pipeline_execution_arn=arn["PipelineExecutionArn"])
    execution.wait_for_status("Failed", poll=1, timeout=30)
    assert execution.failure_reason == "no"
    definition = execution.get_pipeline_definition()
    assert definition.pipeline_definition == text
    assert [step.step_status for step in execution.get_all_steps()] == ["Failed"]
    assert [each.pipeline_name for each in Pipeline.get_all()] == ["chain"]


def test_a_lambda_step_makes_its_function_and_hands_on_its_output(
    aws, client, config, session, tmp_path
):
    from sagemaker.core.lambda_helper import Lambda
    from sagemaker.mlops.workflow.fail_step import FailStep
    from sagemaker.mlops.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
    from sagemaker.mlops.workflow.pipeline import Pipeline

    from helpers.session import role_arn

    make_role(client("iam"))
    script = tmp_path / "double.py"
    script.write_text("def handle(event, context):\n    return {'twice': 2 * event['number']}\n")
    function = Lambda(
        function_name="double", execution_role_arn=ROLE, script=str(script),
        handler="double.handle", timeout=60, session=session,
    )  # fmt: skip
    output = LambdaOutput(output_name="twice", output_type=LambdaOutputTypeEnum.Integer)
    double = LambdaStep(name="Double", lambda_func=function, inputs={"number": 4}, outputs=[output])
    told = FailStep("Told", double.properties.Outputs["twice"])
    pipeline = Pipeline(name="chain", steps=[double, told], sagemaker_session=session)
    for _ in range(2):  # the second time the function is there, and updated
        pipeline.upsert(role_arn=role_arn(config))
    execution = pipeline.start()
    assert until(lambda: execution.describe()["PipelineExecutionStatus"] == "Failed", 60)
    assert execution.describe()["FailureReason"] == "8"
