"""A container's variables are read as SageMaker and its toolkit name them."""

from pathlib import Path

import pytest


@pytest.fixture
def read():
    from model_server.settings import read

    return read


def test_without_variables_it_is_the_containers_own_contract(read):
    settings = read({})
    assert (settings.model, settings.code) == (Path("/opt/ml/model"), Path("/opt/ml/model/code"))
    assert (settings.host, settings.port, settings.program) == ("0.0.0.0", 8080, "inference.py")
    assert settings.workers >= 1 and settings.threads == 1


def test_each_variable_is_honored(read):
    settings = read({
        "SAGEMAKER_BIND_TO_PORT": "9000", "SAGEMAKER_PROGRAM": "a.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "/code", "SAGEMAKER_BASE_DIR": "/ml",
    })  # fmt: skip
    assert (settings.port, settings.program, settings.code) == (9000, "a.py", Path("/code"))
    assert settings.model == Path("/ml/model")


@pytest.mark.parametrize("cores, workers, threads", [(8, 2, 4), (8, 3, 2), (2, 4, 1)])
def test_the_threads_of_all_workers_are_no_more_than_the_cores(
    read, monkeypatch, cores, workers, threads
):
    monkeypatch.setattr("model_server.settings._cores", lambda: cores)
    settings = read({"SAGEMAKER_MODEL_SERVER_WORKERS": str(workers)})
    assert (settings.workers, settings.threads) == (workers, threads)


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("SAGEMAKER_SUBMIT_DIRECTORY", "s3://bucket/code.tar.gz", "fetches no code"),
        ("SAGEMAKER_MODEL_SERVER_WORKERS", "0", "whole number from 1"),
        ("SAGEMAKER_BIND_TO_PORT", "http", "SAGEMAKER_BIND_TO_PORT is 'http'"),
    ],
)
def test_a_variable_that_can_not_be_honored_is_named(read, name, value, words):
    with pytest.raises(ValueError, match=words):
        read({name: value})
