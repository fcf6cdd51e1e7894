"""Every client is the run's own, and on the local AWS none can leave the machine."""

import dataclasses

import boto3
import pytest
from botocore import UNSIGNED

from helpers.roles import make_role
from helpers.session import (
    athena_connection,
    boto_session,
    client,
    close,
    invoke_url,
    job_secret,
    kaggle_session,
    public_s3_client,
    role_arn,
    sagemaker_session,
)

MODULES = "  PythonSDK:\n    Modules:"


def test_the_walls_would_notice(walls):
    sts = boto3.Session("a", "b", region_name="us-east-1").client(
        "sts", endpoint_url="https://sts.us-east-1.amazonaws.com"
    )
    with pytest.raises(Exception, match="sts.us-east-1.amazonaws.com"):
        sts.get_caller_identity()
    assert {*walls} == {"sts.us-east-1.amazonaws.com"}
    walls.clear()


def test_the_sdks_session_finds_account_bucket_and_role_without_leaving(config, walls):
    session = sagemaker_session(config)
    assert session.account_id() == "0" * 12
    assert session.default_bucket() == config.bucket
    assert session.generate_default_sagemaker_bucket_name(session.boto_session)
    assert session.get_caller_identity_arn().startswith("arn:aws:")


@pytest.mark.parametrize(
    "text, opted_out",
    [
        ("{}", True),
        (f"SchemaVersion: '1.0'\nSageMaker:\n{MODULES} {{TelemetryOptOut: false}}", False),
    ],
)
def test_on_aws_too_the_sdk_tells_nobody_unless_the_user_wants_it(
    config, monkeypatch, tmp_path, walls, text, opted_out
):
    from sagemaker.core.common_utils import resolve_value_from_config
    from sagemaker.core.config.config_schema import TELEMETRY_OPT_OUT_PATH

    (tmp_path / "own.yaml").write_text(text)
    monkeypatch.setenv("SAGEMAKER_USER_CONFIG_OVERRIDE", str(tmp_path / "own.yaml"))
    session = sagemaker_session(dataclasses.replace(config, cloud="aws", endpoint_url=None))
    found = resolve_value_from_config(
        config_path=TELEMETRY_OPT_OUT_PATH, default_value=False, sagemaker_session=session
    )
    assert found is opted_out


def test_an_sdk_session_that_was_given_nothing_stays_too(config, walls):
    from sagemaker.core.helper.session_helper import Session, get_execution_role

    session = Session()
    assert session.account_id() == "0" * 12
    assert session.default_bucket() == f"sagemaker-us-east-1-{'0' * 12}"
    with pytest.raises(ValueError, match="is not a role"):
        get_execution_role()


def test_the_sdks_resources_stay_and_tell_nobody(config, walls):
    from sagemaker.core.resources import TrainingJob

    assert list(TrainingJob.get_all(region="us-east-1")) == []


def test_athena_and_iam_answer_through_the_runs_clients(config, walls):
    cursor = athena_connection(config).cursor().execute("SELECT 1")
    assert cursor.fetchall() == [(1,)]
    assert client(config, "iam") is client(config, "iam")


def test_a_missing_role_names_the_notebook_that_makes_it(config):
    with pytest.raises(LookupError, match="run notebooks/00 first"):
        role_arn(config)
    make_role(config)
    assert role_arn(config).endswith(f":role/{config.role}")


def test_a_job_reads_a_secret_by_its_name(config):
    assert job_secret(None) is None
    secrets = client(config, "secretsmanager")
    secrets.create_secret(Name="birds/wandb", SecretString="key\n")
    assert job_secret("birds/wandb") == "key"


def test_closing_what_does_not_run_is_no_error(config, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_LOCAL_STATE", str(tmp_path / "none"))
    assert close(config) == "It did not run"


def test_the_public_client_signs_nothing_and_asks_aws_itself(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4590")
    public = public_s3_client()
    assert public.meta.endpoint_url == "https://s3.amazonaws.com"
    assert public.meta.config.signature_version is UNSIGNED


def test_kaggle_gets_the_users_own_credentials(monkeypatch):
    monkeypatch.setenv("KAGGLE_USERNAME", "ada")
    monkeypatch.setenv("KAGGLE_KEY", "secret")
    assert kaggle_session().auth == ("ada", "secret")


@pytest.mark.parametrize("make", [public_s3_client, kaggle_session])
def test_a_process_on_the_local_aws_gets_no_client_of_the_outside(config, make):
    with pytest.raises(PermissionError, match="python -m helpers.fetch"):
        make()


def test_the_sdks_resources_use_this_runs_session_where_they_are_given_none(config):
    from sagemaker.core.utils.utils import SageMakerClient

    sagemaker_session(config)
    default = SageMakerClient()  # first: the client that is made first is the default
    assert default is SageMakerClient(session=boto_session(config), region_name=config.region)


def test_a_stages_address_is_a_host_of_its_own_on_aws_and_a_path_here(config):
    assert invoke_url(config, "a1b2", "s") == f"{config.endpoint_url}/_aws/execute-api/a1b2/s"
    on_aws = dataclasses.replace(config, endpoint_url=None, region="eu-west-1")
    address = "https://a1b2.execute-api.eu-west-1.amazonaws.com/s"
    assert invoke_url(on_aws, "a1b2", "s") == address
