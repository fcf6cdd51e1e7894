"""Tests mirror the packages: a module has the test file of its name, a test file its module.

Each exception is listed by its name, with its reason.
"""

from pathlib import Path

import pytest

from tests.places import ROOT
from tools.readme import tracked

PACKAGES = ("helpers", "local_aws")
COVERED = {
    "helpers/datasets/bins/test_sample.py": (
        "photos are looked at whole",
        "helpers/datasets/bins/boxes.py",
        "helpers/datasets/bins/bottles_and_bags.py",
    ),
    "helpers/networks/test_onnx_graph.py": (
        "an exported graph is opened and run",
        "helpers/onnx_session.py",
    ),
    "helpers/test_search_jobs.py": (
        "the trials of real jobs are measured",
        "helpers/trial_jobs.py",
    ),
    "helpers/test_sample_figures.py": (
        "a sample of each data set is drawn and played",
        "helpers/datasets/bins/drawing.py",
        "helpers/datasets/birds/drawing.py",
    ),
    "local_aws/instances/test_zygote.py": (
        "it starts a zygote and puts the launcher before it: programs run by them",
        "local_aws/instances/warm_python.py",
    ),
    "local_aws/services/athena/api/test_executions.py": (
        "an execution runs in a thread of the executions'",
        "local_aws/services/athena/api/execution.py",
    ),
    "local_aws/services/athena/tables/test_query_tables.py": (
        "Parquet files are read, and their bytes counted, as a query's sources",
    ),
    "local_aws/services/athena/test_cases.py": (
        "a translation is right where the rows are: SQL files with Athena's answers",
        "local_aws/services/athena/sql/calls.py",
        "local_aws/services/athena/sql/expressions.py",
        "local_aws/services/athena/sql/queries.py",
        "local_aws/services/athena/sql/rewriter.py",
        "local_aws/services/athena/statements/ddl.py",
        "local_aws/services/athena/statements/run.py",
        "local_aws/services/athena/tables/read_json.py",
        "local_aws/services/athena/tables/read_text.py",
    ),
    "local_aws/services/glue/jobs/test_run.py": (
        "scripts run as jobs of a server, one of them on Spark",
        "local_aws/services/glue/jobs/engine.py",
        "local_aws/services/glue/spark/compile_java.py",
        "local_aws/services/glue/spark/awsglue/catalog.py",
        "local_aws/services/glue/spark/awsglue/context.py",
        "local_aws/services/glue/spark/awsglue/job.py",
    ),
    "local_aws/services/glue/workflows/test_engine.py": (
        "all that a workflow does is seen in its runs",
        "local_aws/services/glue/workflows/batches.py",
        "local_aws/services/glue/workflows/runs.py",
        "local_aws/services/glue/workflows/triggers.py",
    ),
    "local_aws/services/apigateway/test_invocations.py": (
        "every refusal is one that a caller gets",
        "local_aws/services/apigateway/refusals.py",
    ),
    "local_aws/services/iam/test_assumed_roles.py": (
        "a role is refused for what its trust policy says",
        "local_aws/role_trust.py",
    ),
    "local_aws/services/scheduler/test_engine.py": (
        "its refusals are those that a client gets",
        "local_aws/services/scheduler/refusals.py",
    ),
    "local_aws/services/s3/test_app.py": (
        "it hands S3's app to the server, and executes nothing",
        "local_aws/services/s3/engine.py",
    ),
    "local_aws/services/sagemaker/hosting/test_endpoints.py": (
        "endpoints of real models, in processes of their own",
        "local_aws/services/sagemaker/hosting/descriptions.py",
        "local_aws/services/sagemaker/hosting/fleet.py",
        "local_aws/services/sagemaker/hosting/replies.py",
        "local_aws/services/sagemaker/hosting/worker.py",
    ),
    "local_aws/services/sagemaker/jobs/test_job_kind.py": (
        "the plainest kind of job runs, and is all that these need",
        "local_aws/services/sagemaker/jobs/job_run.py",
        "local_aws/services/sagemaker/jobs/jobs.py",
    ),
    "local_aws/test_main.py": (
        "the command line makes it",
        "local_aws/settings.py",
    ),
    "local_aws/wire/test_errors.py": (
        "the one error, worded in every protocol",
        "local_aws/errors.py",
    ),
    "local_aws/state/objects/test_versions.py": (
        "a deletion is seen by the versions that are left",
        "local_aws/state/objects/deletions.py",
    ),
}
"""Test file below tests/, why it covers other modules than its own, and these."""

TOPICS = {
    "helpers/test_enforced.py": "the course's calls under its own policies",
    "helpers/test_try_page_at_gateway.py": "the page as it is deployed, with real answers",
    "helpers/test_try_page_in_browser.py": "the page as people use it, in a browser",
    "local_aws/services/athena/test_cases.py": "every statement of cases/ and its answer",
    "local_aws/services/athena/test_full_disk.py": "queries on a full disk",
    "local_aws/services/athena/test_notebook_cases.py": "the notebooks' statements",
    "local_aws/services/athena/test_pyathena.py": "a client: PyAthena",
    "local_aws/services/athena/test_real_data.py": "the real metadata, read whole",
    "local_aws/services/glue/jobs/test_catalog_rows.py": "Spark and Athena, each other's tables",
    "local_aws/services/sagemaker/jobs/test_full_disk.py": "jobs on a full disk",
    "local_aws/services/sagemaker/jobs/test_images.py": "jobs with the packages of their images",
    "local_aws/services/sagemaker/jobs/test_placed.py": "odd keys, however they reach a job",
    "local_aws/services/sagemaker/tuning/test_clusters.py": "trials on kept clusters",
    "local_aws/recorded/test_messages.py": "queues, which moto executes",
    "local_aws/recorded/test_secrets.py": "a recorded secret, which jobs read",
    "local_aws/services/scheduler/test_killed.py": "kill -9 of a server with due schedules",
    "local_aws/state/objects/test_durability.py": "kill -9 of a process that writes objects",
    "local_aws/test_aws_cli.py": "a client: the aws command",
    "local_aws/test_awswrangler.py": "a client: AWS SDK for pandas",
    "local_aws/test_clients_serving.py": "two clients: boto3 and the aws command",
    "local_aws/test_events_killed.py": "kill -9 of a server with events under way",
    "local_aws/test_features_killed.py": "kill -9 of a server with records under way",
    "local_aws/test_full_disk.py": "a whole server on a full disk",
    "local_aws/test_job_examples.py": "a client: the SageMaker SDK, as AWS's examples use it",
    "local_aws/test_pipeline_examples.py": "a client: the SageMaker SDK, as AWS's examples use it",
    "local_aws/test_pipelines_killed.py": "kill -9 of a server within a step of a pipeline",
    "local_aws/test_sagemaker_pipelines.py": "a client: the SageMaker SDK",
    "local_aws/test_sagemaker_sdk.py": "a client: the SageMaker SDK",
    "local_aws/test_sagemaker_serving.py": "a client: the SageMaker SDK",
    "local_aws/test_step_decorator.py": "a client: the SageMaker SDK's functions as steps",
    "local_aws/test_packaging.py": "the package as it is installed",
    "local_aws/test_fuzz.py": "odd requests, over all services",
    "local_aws/test_refused.py": "what no engine does, over all services",
}
"""Test file below tests/ without a module of its name: why it stands there."""


def own_test(module: Path) -> Path:
    """Return where a module's test belongs."""
    return Path("tests", module.parent, f"test_{module.stem.strip('_')}.py")


def modules() -> list[Path]:
    """Return the modules of both packages."""
    files = [path for path in tracked() if path.parts[0] in PACKAGES and path.suffix == ".py"]
    return [path for path in files if path.name != "__init__.py"]


def files_of_tests() -> list[Path]:
    """Return the test files that stand where those of modules do."""
    files = [path for path in tracked() if path.match("test_*.py") and path.parts[0] == "tests"]
    return [path for path in files if path.parts[1] in PACKAGES]


def test_every_module_has_a_test_of_its_name_or_a_reason():
    missing = {path.as_posix() for path in modules() if not (ROOT / own_test(path)).exists()}
    listed = {module for _, *covered in COVERED.values() for module in covered}
    assert missing == listed, "give a module a test file of its name, or a reason here"


def test_every_test_file_has_a_module_of_its_name_or_a_reason():
    mirrored = {own_test(path) for path in modules()}
    stray = {
        path.relative_to("tests").as_posix() for path in files_of_tests() if path not in mirrored
    }
    assert stray == {*TOPICS}, "give a test file the name of its module, or a reason here"


@pytest.mark.parametrize("test", COVERED)
def test_a_test_that_covers_other_modules_is_there(test):
    assert (ROOT / "tests" / test).is_file()
