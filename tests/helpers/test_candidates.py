"""The training jobs that may be registered are found by their names and shards."""

import dataclasses
import json

import pytest

from helpers.candidates import candidate, winner
from helpers.jobs import wait
from tests.local_aws.services.sagemaker.jobs.requests import training

TIME = "-20261122010203"


@pytest.fixture
def train(config, client):
    """Return a function that runs a training job on the course's shards."""

    def train(name):
        given = {"data": json.dumps(config.uri("shards"))}
        request = training(name, "pass", HyperParameters=given)
        client("sagemaker").create_training_job(**request)
        return wait(config, "TrainingJob", name).name

    return train


def test_the_candidate_is_no_trial_and_no_winner_and_the_winner_no_candidate(config, train):
    ours = train(config.name + TIME)
    train(f"{config.name}-tune-001-ab")
    best = train(f"{config.name}-winner{TIME}")
    assert (candidate(config).name, winner(config).name) == (ours, best)


def test_a_job_on_other_shards_is_no_candidate(config, train):
    train(config.name + TIME)
    with pytest.raises(LookupError, match="birds-mine-.*: run notebooks/05 first"):
        candidate(dataclasses.replace(config, raw="/data/mine"))


@pytest.mark.parametrize("find, notebook", [(candidate, "05"), (winner, "06")])
def test_without_a_job_the_notebook_is_named(config, find, notebook):
    with pytest.raises(LookupError, match=f"run notebooks/{notebook} first"):
        find(config)
