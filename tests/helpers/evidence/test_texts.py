"""Of a string that is shown which AWS published, and nothing else."""

import pytest

from helpers.evidence.names import Names
from helpers.evidence.published import vocabulary
from helpers.evidence.texts import MESSAGES, Texts
from tests import planted


@pytest.fixture(scope="module")
def texts():
    return Texts(Names(b"k" * 16))


@pytest.fixture(scope="module")
def words():
    return vocabulary("sagemaker")


@pytest.mark.parametrize("member", ["Name", "QueryString", *sorted(MESSAGES)])
@pytest.mark.parametrize("text", planted.TEXTS)
def test_nothing_of_a_secret_is_shown(texts, words, member, text):
    assert planted.shown_of(text)
    assert not planted.shown_of(texts.shown(text, member, words))
    assert not planted.shown_of(texts.message(text, words))


@pytest.mark.parametrize(
    "text, shown",
    [
        (
            "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch:2.13-cpu-amzn2023-sagemaker",
            "image=763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch:2.13-cpu-amzn2023-sagemaker",
        ),
        ("audio/ogg", "string=audio/ogg"),
        ("", "string="),
        ("https://example.com/a", "url"),
        ('{"a": 1}', "json"),
        ("x" * 1000, "text"),
        ("arn:aws:iam::aws:policy", "arn=arn:aws:iam::aws:policy"),
    ],
)
def test_what_aws_published_stays(texts, words, text, shown):
    assert texts.shown(text, "Name", words) == shown


def test_a_name_can_be_followed_through_arns_and_uris(texts, words):
    job, bucket = (
        texts.names.placeholder("x", name)[-6:] for name in (planted.JOB, planted.BUCKET)
    )
    assert texts.shown(planted.ARN, "TrainingJobArn", words).endswith(f"training-job/<name-{job}")
    assert f"s3://<bucket-{bucket}/" in texts.shown(planted.URI, "S3Uri", words)


def test_the_version_of_a_package_stays(texts, words):
    arn = f"arn:aws:sagemaker:us-east-1:{planted.ACCOUNT}:model-package/{planted.JOB}/3"
    assert texts.shown(arn, "ModelPackageArn", words).endswith(">/3")


def test_of_a_path_of_numbers_the_version_alone_stays(texts, words):
    arn = f"arn:aws:sagemaker:us-east-1:{planted.ACCOUNT}:model-package/123/456/789/012"
    shown = texts.shown(arn, "ModelPackageArn", words)
    assert shown.count("/<name-") == 3 and shown.endswith(">/012")


@pytest.mark.parametrize(
    "message, shown",
    [
        ("The specified bucket does not exist", "The specified bucket does not exist"),
        ("Member 'TrainingJobName' is required", "Member 'TrainingJobName' is required"),
        ("line 1:8: Column 'salary' cannot be", "line 1:8: Column '<quoted>' cannot be"),
        ("Cannot find xyzzy.", "Cannot find <word>."),
        ("line 123 456 789 012", "line 123 <word> <word> <word>"),
        ('message "the bucket does not exist"', "message '<quoted>'"),
    ],
)
def test_a_message_keeps_awss_words(texts, words, message, shown):
    from tools.transcripts import common

    assert common(texts.message(message, words)) == shown


def test_a_name_that_looks_like_a_word_is_none(texts, words):
    shown = texts.message("The bucket training does not exist", words, frozenset({"training"}))
    assert "training" not in shown and "bucket" in shown


@pytest.mark.parametrize(
    "reason, shown",
    [
        ("AlgorithmError: no owls, exit code: 1", "AlgorithmError: <text>, exit code: 1"),
        ("the owner has no owls", "<text>"),
        ("CapacityError: Unable to provision", "CapacityError: Unable to provision"),
    ],
)
def test_of_a_script_that_failed_its_exit_code_is_shown(texts, words, reason, shown):
    assert texts.failure(reason, words) == shown
