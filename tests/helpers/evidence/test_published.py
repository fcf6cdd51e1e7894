"""What is shown was published: by botocore in its models, by the SDK in its lists of images."""

import pytest

from helpers.evidence.published import images, is_tag, regions, services, vocabulary, words


def test_awss_own_images_are_known_and_no_others():
    accounts, repositories = images()
    assert "763104351884" in accounts and "1" * 12 not in accounts
    assert "pytorch-inference" in repositories and "birds-and-bins-processing" not in repositories


@pytest.mark.parametrize(
    "tag, known",
    [
        ("2.13-cpu-amzn2023-sagemaker", True),
        ("2.3.0-gpu-py311-cu121-ubuntu20.04-sagemaker", True),
        ("latest", True),
        ("2.6-cpu-py312-ada", False),
        ("20261126", False),
    ],
)
def test_a_tag_is_of_versions_and_words(tag, known):
    assert is_tag(tag) == known


def test_regions_and_services_are_botocores():
    assert {"us-east-1", "cn-north-1"} <= regions()
    assert {"s3", "sagemaker"} <= services()


def test_words_stand_alone_in_awss_texts_and_hold_no_example_of_a_key():
    assert {"bucket", "does", "not", "exist", "training"} <= words()
    assert all(word.replace("'", "").isalpha() for word in words())
    assert not words() & {"jackson", "bob", "john", "jane", "alice"}


@pytest.mark.parametrize(
    "code, known",
    [
        ("ValidationException", True),
        ("NoSuchTagSet", True),
        ("404", True),
        ("AccessDenied", True),
        ("AKIAIOSFODNNX", False),
        ("Xyzzyplugh", False),
        ("birds-and-bins", False),
        ("123456", False),
        ("", False),
    ],
)
def test_an_error_code_is_made_of_awss_words(code, known):
    assert vocabulary("s3").is_code(code) == known


@pytest.mark.parametrize(
    "token, known",
    [
        ("bucket", True),
        ("TrainingJobName", True),
        ("SCHEMA_NOT_FOUND", True),
        ("my_secret_bucket", False),
        ("xyzzy", False),
        ("bucket1", False),
    ],
)
def test_a_token_is_a_name_of_the_model_or_awss_words(token, known):
    assert vocabulary("sagemaker").is_word(token) == known
