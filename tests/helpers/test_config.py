"""The settings are read once, checked, and set up the cloud that they name."""

import dataclasses
import os
from pathlib import Path

import pytest

from helpers import config as module
from helpers.config import Config, kaggle_credentials, load_config, local_settings
from local_aws.server import LocalAws
from tools.course_run import ROOT


@pytest.fixture
def environment(monkeypatch):
    """Undo what `load_config` changes in the environment."""
    before = dict(os.environ)
    yield monkeypatch
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def local(environment, tmp_path):
    """Return a running local AWS that the environment names."""
    environment.setenv("COURSE_LOCAL_STATE", str(tmp_path / "state"))
    with LocalAws(tmp_path / "state") as aws:
        yield aws


def test_without_settings_it_is_birds_on_the_local_aws(local):
    config = load_config()
    assert (config.cloud, config.dataset, config.raw) == ("local", "birds", None)
    assert config.endpoint_url == local.context.url
    assert repr(config).startswith("<Config: birds on local, bucket birds-and-bins-")


def test_the_settings_say_whose_data_they_are_for(config):
    mine = dataclasses.replace(config, raw="/data/ada/calls")
    assert repr(mine).startswith(f"<Config: birds of {mine.source} on local, ")
    assert mine.source.startswith("calls-") and "ada" not in repr(mine)


def test_every_client_of_this_process_and_its_children_is_pointed_there(local, environment):
    environment.setenv("AWS_PROFILE", "mine")
    environment.setenv("AWS_SESSION_TOKEN", "mine")
    load_config()
    assert os.environ["AWS_ENDPOINT_URL"] == local.context.url
    assert os.environ["AWS_ACCESS_KEY_ID"] == local.context.access_key
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(os.environ)


def test_keys_made_anew_are_taken_up_without_a_new_kernel(environment, tmp_path):
    from helpers.session import client

    port = 0
    for state in ("first", "second"):
        environment.setenv("COURSE_LOCAL_STATE", str(tmp_path / state))
        with LocalAws(tmp_path / state, port) as aws:
            config = load_config()
            assert client(config, "s3").list_buckets()["Buckets"] == []
            port = aws.server.server_address[1]


def test_the_bucket_names_no_account(local):
    assert local.context.account not in load_config().bucket


def test_a_companys_settings_are_part_of_it_and_its_names_go_first(local, environment):
    role = f"arn:aws:iam::{'0' * 12}:role/studio"
    environment.setenv("COURSE_ROLE_ARN", role)
    environment.setenv("COURSE_BUCKET", "data/ada")
    environment.setenv("COURSE_TAGS", "team=birds")
    config = load_config()
    assert (config.role, config.bucket, config.home) == ("studio", "data", "ada/birds-and-bins/")
    assert config.account.tags == (("team", "birds"),)


@pytest.mark.parametrize(
    "variable, value, words",
    [
        ("COURSE_CLOUD", "azure", "local or aws"),
        ("COURSE_DATASET", "cats", "birds or bins"),
        ("COURSE_LOCAL_PORT", "http", "a number below 65536"),
        ("COURSE_LOCAL_PORT", "70000", "a number below 65536"),
        ("COURSE_KMS_KEY", "alias/mine", "correct it, or unset it"),
    ],
)
def test_a_wrong_setting_says_what_is_right(environment, variable, value, words):
    environment.setenv(variable, value)
    with pytest.raises(ValueError, match=f"{variable}.*{words}"):
        load_config()


def test_a_missing_raw_folder_says_what_to_give(environment):
    environment.setenv("COURSE_RAW", "../none")
    with pytest.raises(FileNotFoundError, match="COURSE_RAW='../none'.*unset it"):
        load_config()


@pytest.mark.parametrize(
    "raw, found",
    [
        ("helpers", str(ROOT / "helpers")),
        ("s3://bucket/raw/", "s3://bucket/raw/"),
        (str(ROOT / "tests"), str(ROOT / "tests")),
    ],
)
def test_raw_is_a_folder_as_seen_from_the_project_or_a_prefix(
    local, environment, tmp_path, raw, found
):
    environment.setenv("COURSE_RAW", raw)
    environment.chdir(tmp_path)
    assert load_config().raw == found


@pytest.mark.parametrize("file, path", [("a.jsonl", ROOT / "a.jsonl"), ("/x/a", Path("/x/a"))])
def test_a_transcript_is_a_file_as_seen_from_the_project(local, environment, tmp_path, file, path):
    environment.chdir(tmp_path)
    environment.setenv("COURSE_TRANSCRIPT", file)
    assert load_config().transcript == path


@pytest.mark.parametrize(
    "told, number", [("/x/05_train.ipynb", "05"), ("/x/private.ipynb", None), (None, None)]
)
def test_of_the_notebooks_path_its_number_is_known(local, environment, told, number):
    if told:
        environment.setenv("JPY_SESSION_NAME", told)
    config = load_config()
    assert (config.notebook, config.transcript) == (number, None)


def test_the_state_lies_in_the_project_unless_it_is_said_where(environment, tmp_path):
    assert local_settings().state == module.ROOT / ".local_aws"
    environment.chdir(tmp_path)
    environment.setenv("COURSE_LOCAL_STATE", "here")
    assert local_settings().state == Path(tmp_path / "here").resolve()


def test_the_committed_policies_are_enforced_on_request_alone(environment):
    assert local_settings().policies == ()
    environment.setenv("COURSE_ENFORCE_IAM", "1")
    names = [path.name for path in local_settings().policies]
    assert names and names == sorted(names)
    assert all(name.startswith("user-policy-") for name in names)


def test_on_aws_the_account_decides_on_the_bucket(environment):
    environment.setenv("COURSE_CLOUD", "aws")
    environment.setenv("COURSE_DATASET", "bins")
    account = ("1" * 12, "eu-west-1")
    environment.setattr("helpers.config.account_and_region", lambda: account)
    config = load_config()
    assert (config.cloud, config.region, config.endpoint_url) == ("aws", "eu-west-1", None)
    assert config.bucket.endswith("-eu-west-1") and account[0] not in config.bucket


def test_a_process_that_uses_the_local_aws_does_not_change_to_aws_unnoticed(local, environment):
    load_config()
    environment.setenv("COURSE_CLOUD", "aws")
    with pytest.raises(RuntimeError, match="restart the kernel"):
        load_config()


def test_keys_and_names_begin_with_the_kind_and_the_data_set():
    config = Config("local", "bins", "us-east-1", "b", "r")
    assert config.uri("shards", "train", "a.tar") == "s3://b/shards/bins/train/a.tar"
    assert config.name == "birds-and-bins-bins" and config.database == "birds_and_bins"


def test_kaggles_own_file_gives_the_credentials(tmp_path, monkeypatch):
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path))
    (tmp_path / "kaggle.json").write_text('{"username": "ada", "key": "k"}')
    assert kaggle_credentials() == ("ada", "k")


@pytest.mark.parametrize("text", [None, "{", '{"username": "ada"}'])
def test_without_kaggle_credentials_it_says_where_to_get_them(tmp_path, monkeypatch, text):
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path))
    if text is not None:
        (tmp_path / "kaggle.json").write_text(text)
    with pytest.raises(LookupError, match="kaggle.com/settings/account"):
        kaggle_credentials()
