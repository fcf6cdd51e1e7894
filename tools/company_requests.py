"""Runs the course's own requests, or notebooks, in a company; says what a request lacks.

python -m tools.company_requests                       one of each kind, waiting for none
python -m tools.company_requests --existing 00 01 02   the cells of these notebooks instead, with a
                                                       role and a bucket that the company has

It has a local AWS of its own. The last line is a JSON object: `violations`, the operations that
made something, those that no policy of a person allows, and what is `kept` of role and bucket.
"""

import argparse
import json
import os
import time
from typing import TYPE_CHECKING

import matplotlib
import nbformat

matplotlib.use("Agg")
from IPython.core.interactiveshell import InteractiveShell  # noqa: E402

from helpers.athena import query  # noqa: E402
from helpers.bucket import make_bucket  # noqa: E402
from helpers.config import ROOT, Config, load_config  # noqa: E402
from helpers.container_images import processing_image, serving_image, training_image  # noqa: E402
from helpers.endpoints import make_model, serve  # noqa: E402
from helpers.gateway import make_gateway  # noqa: E402
from helpers.job_code import course_input, staged, training_code  # noqa: E402
from helpers.roles import make_role  # noqa: E402
from helpers.session import boto_session, client, role_arn, sagemaker_session  # noqa: E402
from helpers.transform_jobs import start  # noqa: E402
from tools import company, notebooks  # noqa: E402
from tools.course_run import CourseRun, course_settings  # noqa: E402
from tools.prescribed import OPERATIONS, Recorder  # noqa: E402

if TYPE_CHECKING:
    from sagemaker.train import ModelTrainer

OPTIONAL = {("s3", "ListBuckets")}
"""What the SDK goes on without: boto3 asks for all buckets to date one, and takes a denial."""
CPU, GPU = "ml.m5.large", "ml.g4dn.xlarge"


def trainer(config: Config, instance_type: str) -> "ModelTrainer":
    """Return a ModelTrainer as the notebooks make one."""
    from sagemaker.core.training.configs import Compute, StoppingCondition
    from sagemaker.train import ModelTrainer

    code = training_code()
    return ModelTrainer(
        training_image=training_image(config, instance_type),
        source_code=code,
        compute=Compute(instance_type=instance_type, instance_count=1, volume_size_in_gb=30),
        hyperparameters={"data": config.uri("shards")},
        stopping_condition=StoppingCondition(max_runtime_in_seconds=60),
        base_job_name=config.name,
        role=role_arn(config),
        sagemaker_session=sagemaker_session(config),
    )


def prepare(config: Config) -> None:
    """Make bucket and role, and put an object."""
    make_bucket(config)
    make_role(config)
    client(config, "s3").put_object(Bucket=config.bucket, Key="model.tar.gz", Body=b"no model")


def start_jobs(config: Config) -> None:
    """Ask for a job of each kind, on instances with and without disks of their own."""
    from sagemaker.core.parameter import ContinuousParameter
    from sagemaker.core.processing import ScriptProcessor
    from sagemaker.train.tuner import HyperparameterTuner

    processor = ScriptProcessor(
        role=role_arn(config), image_uri=processing_image(config), command=["python3"],
        instance_count=1, instance_type=CPU, base_job_name=f"{config.name}-shards",
        sagemaker_session=sagemaker_session(config),
    )  # fmt: skip
    script = str(ROOT / "scripts_process/shard.py")
    processor.run(code=script, inputs=[course_input(config)], arguments=["--help"], wait=False)
    for instance_type in (CPU, GPU):
        trainer(config, instance_type).train(wait=False)
    HyperparameterTuner(
        staged(config, trainer(config, GPU)), objective_metric_name="loss",
        metric_definitions=[{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
        hyperparameter_ranges={"lr": ContinuousParameter(1e-3, 1e-2)}, max_jobs=1,
        base_tuning_job_name=config.name,
    ).tune(wait=False)  # fmt: skip


def register_and_serve(config: Config) -> None:
    """Ask for all that is kept of a model, a transform job, an endpoint, a gateway before it."""
    sagemaker, uri = client(config, "sagemaker"), f"s3://{config.bucket}/model.tar.gz"
    sagemaker.create_model_package_group(ModelPackageGroupName=config.name)
    image = serving_image(config)
    arn = sagemaker.create_model_package(
        ModelPackageGroupName=config.name,
        InferenceSpecification={
            "Containers": [{"Image": image, "ModelDataUrl": uri}],
            "SupportedContentTypes": ["a/b"], "SupportedResponseMIMETypes": ["a/b"],
        },
    )["ModelPackageArn"]  # fmt: skip
    sagemaker.create_model_card(ModelCardName="card", Content="{}", ModelCardStatus="Draft")
    make_model(config, "plain", image, uri)
    start(config, arn, f"s3://{config.bucket}", instance_type=GPU)
    serve(config, config.name, "plain", CPU)
    make_gateway(config, config.name, "page")


def run_cells(number: str, recorder: Recorder) -> None:
    """Run a notebook's cells in this process, whose clients are recorded."""
    shell = InteractiveShell()
    (path,) = (path for path in notebooks.paths() if path.stem.startswith(number))
    for cell in notebooks.code_cells(nbformat.read(path, as_version=4)):
        shell.run_cell(cell.source).raise_error()
        # A notebook's first cell makes the session anew.
        recorder.watch(boto_session(shell.user_ns["config"]))


def main(numbers: list[str], existing: bool) -> dict:
    """Send the requests and return what they lack."""
    company.furnish(load_config())
    config = load_config()  # with clients that are made after the recorder is in place
    recorder = Recorder()
    recorder.watch(boto_session(config))
    if numbers:
        for number in numbers:
            print(f"{time.strftime('%X')} {number}", flush=True)
            run_cells(number, recorder)
    else:
        prepare(config)
        query(config, "CREATE DATABASE birds_and_bins")
        start_jobs(config)
        register_and_serve(config)
    sent = {(service, operation) for service, operation, _ in recorder.requests}
    return {
        "violations": recorder.violations,
        "made": sorted(operation for _, operation in sent if operation.startswith("Create")),
        "requests": len(recorder.requests),
        "not_allowed": sorted(":".join(each) for each in sent - {*OPERATIONS} - OPTIONAL),
        # 12 has stopped the local AWS, which is started again here.
        "kept": company.kept(load_config()) if existing else {},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*")
    parser.add_argument("--existing", action="store_true")
    args = parser.parse_args()
    settings = company.VARIABLES | (company.EXISTING if args.existing else {})
    run = CourseRun(course_settings(os.environ) | settings)
    try:
        with run.environment():
            result = main(args.numbers, args.existing)
    finally:
        run.stop()
    print(f"\n{json.dumps(result)}")
