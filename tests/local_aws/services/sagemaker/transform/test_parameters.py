"""The job's own words come first, then the container's, then AWS's defaults."""

import pytest

from local_aws.services.sagemaker.transform.parameters import Parameters, variables_of

SAID = b'{"MaxConcurrentTransforms": 8, "BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 2}'


def test_a_job_without_words_takes_what_the_container_says():
    assert Parameters.of({}, SAID) == Parameters(8, 2, "SINGLE_RECORD", 600, 3)


def test_the_job_has_the_first_word():
    job = {
        "MaxConcurrentTransforms": 3, "MaxPayloadInMB": 0, "BatchStrategy": "MultiRecord",
        "ModelClientConfig": {"InvocationsTimeoutInSeconds": 5, "InvocationsMaxRetries": 0},
    }  # fmt: skip
    assert Parameters.of(job, SAID) == Parameters(3, 0, "MULTI_RECORD", 5, 0)
    assert Parameters.of({"MaxConcurrentTransforms": 0}, SAID).concurrent == 8


@pytest.mark.parametrize(
    "said", [None, b"no JSON", b"[1]", b'{"MaxPayloadInMB": "x", "BatchStrategy": 3}']
)
def test_what_is_not_said_has_its_default(said):
    parameters = Parameters.of({}, said)
    assert parameters == Parameters(1, 6, "MULTI_RECORD", 600, 3)
    line = "MaxConcurrentTransforms=1, MaxPayloadInMB=6, BatchStrategy=MULTI_RECORD"
    assert str(parameters) == line


def test_the_container_gets_the_jobs_words_as_variables():
    job = {
        "MaxConcurrentTransforms": 3, "MaxPayloadInMB": 1, "BatchStrategy": "SingleRecord",
        "_container": {"Environment": {"A": "model", "B": "model"}}, "Environment": {"B": "job"},
    }  # fmt: skip
    assert variables_of(job) == {
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": "1",
        "SAGEMAKER_BATCH_STRATEGY": "SINGLE_RECORD",
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": "3",
        "A": "model",
        "B": "job",
    }
    assert variables_of({"_container": {}}) == {"SAGEMAKER_BATCH": "true"}
