"""A resource's tags are those that it was made with and was given, and what is gone has none."""

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.services.sagemaker.jobs.requests import processing, training
from tests.local_aws.services.sagemaker.tuning.requests import (
    archive,
    trials_of,
    tuning,
    wait_until,
)
from tests.local_cloud import BUCKET, SERVING

TAGS = [{"Key": "team", "Value": "birds"}]


def tags(client, arn):
    return client("sagemaker").list_tags(ResourceArn=arn)["Tags"]


def test_jobs_have_their_tags_and_trials_those_of_their_tuning_job(aws, client):
    sagemaker = client("sagemaker")
    aws.store.put(BUCKET, "code/run.py", b"pass")
    aws.store.put(BUCKET, "code/sourcedir.tar.gz", archive("print('score=1')"))
    arns = [
        sagemaker.create_training_job(**training("a", "pass"), Tags=TAGS)["TrainingJobArn"],
        sagemaker.create_processing_job(**processing("a"), Tags=TAGS)["ProcessingJobArn"],
        sagemaker.create_hyper_parameter_tuning_job(**tuning("a", trials=1), Tags=TAGS)[
            "HyperParameterTuningJobArn"
        ],
    ]
    (trial, *_) = wait_until(lambda: trials_of(sagemaker, "a"))
    arns.append(trial["TrainingJobArn"])
    assert [tags(client, arn) for arn in arns] == [TAGS] * 4


def test_models_endpoints_groups_and_cards_have_their_tags(aws, client):
    sagemaker = client("sagemaker")
    aws.store.put(BUCKET, "model.tar.gz", b"not read before an instance starts")
    place = {"Image": SERVING, "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
    role = "arn:aws:iam::000000000000:role/course"
    variant = {"VariantName": "v", "ModelName": "Mine", "InstanceType": "ml.m5.large"}
    arns = [
        sagemaker.create_model(
            ModelName="Mine", PrimaryContainer=place, ExecutionRoleArn=role, Tags=TAGS
        )["ModelArn"],
        sagemaker.create_endpoint_config(
            EndpointConfigName="c",
            ProductionVariants=[{**variant, "InitialInstanceCount": 1}],
            Tags=TAGS,
        )["EndpointConfigArn"],
        sagemaker.create_endpoint(EndpointName="Mine", EndpointConfigName="c", Tags=TAGS)[
            "EndpointArn"
        ],
        sagemaker.create_model_package_group(ModelPackageGroupName="g", Tags=TAGS)[
            "ModelPackageGroupArn"
        ],
        sagemaker.create_model_card(
            ModelCardName="k", Content="{}", ModelCardStatus="Draft", Tags=TAGS
        )["ModelCardArn"],
    ]
    assert [tags(client, arn) for arn in arns] == [TAGS] * 5
    assert tags(client, arns[2].lower()) == TAGS  # as AWS writes an endpoint's ARN


def test_without_tags_the_list_is_empty_and_of_nothing_there_is_none(client):
    sagemaker = client("sagemaker")
    arn = sagemaker.create_model_package_group(ModelPackageGroupName="g")["ModelPackageGroupArn"]
    assert tags(client, arn) == []
    another = arn.replace("000000000000", "763104351884")
    for missing in (f"{arn}-2", arn.replace("model-package-group", "nonsense"), another):
        with pytest.raises(ClientError, match="ValidationException.*Could not find"):
            tags(client, missing)
        with pytest.raises(ClientError, match="ValidationException.*Could not find"):
            sagemaker.add_tags(ResourceArn=missing, Tags=TAGS)


@pytest.fixture
def group(client):
    """Return the ARN of a model package group with a tag."""
    made = client("sagemaker").create_model_package_group(ModelPackageGroupName="g", Tags=TAGS)
    return made["ModelPackageGroupArn"]


def test_a_tag_is_added_and_one_of_the_same_key_gets_the_new_value(client, group):
    sagemaker = client("sagemaker")
    added = [{"Key": "team", "Value": "bins"}, {"Key": "stage", "Value": "test"}]
    assert sagemaker.add_tags(ResourceArn=group, Tags=added)["Tags"] == added
    assert tags(client, group) == added
    shown = sagemaker.describe_model_package_group(ModelPackageGroupName="g")
    assert shown["ModelPackageGroupArn"] == group


def test_too_many_tags_and_those_of_aws_change_nothing(client, group):
    sagemaker = client("sagemaker")
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    with pytest.raises(ClientError, match="ResourceLimitExceeded.*at most 50 tags, not 51"):
        sagemaker.add_tags(ResourceArn=group, Tags=many)
    with pytest.raises(ClientError, match="ValidationException.*prefix: aws:mine"):
        sagemaker.add_tags(ResourceArn=group, Tags=[{"Key": "aws:mine", "Value": "v"}])
    assert tags(client, group) == TAGS
