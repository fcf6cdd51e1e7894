"""Registers, compares, approves and lists versions of the model in SageMaker's model registry.

Knows the registry's calls; evaluation/ compares versions and writes their cards.
"""

import json
from dataclasses import dataclass, field

import pandas as pd
from botocore.exceptions import ClientError

from helpers import payloads
from helpers.config import Config
from helpers.container_images import serving_image
from helpers.datasets import load_dataset
from helpers.deployment import judgment
from helpers.endpoints import PROGRAM
from helpers.evaluation.model_card import Card, Facts
from helpers.evaluation.paired_comparison import (
    NotComparable,
    PairedComparison,
    compare_pairs,
    no_comparison,
)
from helpers.evaluation.predictions import Predictions
from helpers.evaluation.report import NAME, PREDICTIONS, STATISTICS
from helpers.jobs import Job
from helpers.s3 import read_object
from helpers.session import client
from helpers.waiting import until_listed

INSTANCE = "ml.m5.large"
SETTINGS = ("epochs", "batch-size", "lr", "weight-decay", "model", "width", "image-size", "seed")
"""Hyperparameters that a model card lists."""


@dataclass(frozen=True)
class Version:
    """One version of a model in the registry."""

    description: dict = field(repr=False)

    @property
    def arn(self) -> str:
        """ARN of the model package."""
        return self.description["ModelPackageArn"]

    @property
    def number(self) -> int:
        """Version number in its group, from 1."""
        return self.description["ModelPackageVersion"]

    @property
    def training_job(self) -> str:
        """Name of the job that trained it."""
        return self.properties["training-job"]

    @property
    def model_data(self) -> str:
        """S3 URI of its archive."""
        return self.description["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]

    @property
    def image(self) -> str:
        """URI of the image that serves it."""
        return self.description["InferenceSpecification"]["Containers"][0]["Image"]

    @property
    def properties(self) -> dict[str, str]:
        """The course's notes: data set, raw data, training job, evaluation, manifest, score."""
        return self.description.get("CustomerMetadataProperties", {})

    @property
    def source(self) -> str:
        """Name of the raw data that it was trained on; the first versions did not record it."""
        return self.properties.get("raw-data", "sample")

    def __repr__(self) -> str:
        description = self.description
        name = f"{description['ModelPackageGroupName']} version {self.number}"
        score = f"{self.properties.get('score', 'score')} {self.properties.get('value', '?')}"
        return f"<ModelPackage {name}: {description['ModelApprovalStatus']}, {score}>"


def read_report(config: Config, evaluation: str) -> dict:
    """Return the evaluation.json in a folder of S3, given by its URI.

    Raises:
        LookupError: the folder has none; the message names the notebook to run.
    """
    try:
        return json.loads(read_object(client(config, "s3"), f"{evaluation}/{NAME}"))
    except FileNotFoundError:
        raise LookupError(f"No {NAME} in {evaluation}: run notebooks/07 from its start") from None


def read_predictions(config: Config, evaluation: str) -> Predictions:
    """Return the predictions in a folder of S3.

    Raises:
        FileNotFoundError: the folder has none.
    """
    return Predictions.from_lines(read_object(client(config, "s3"), f"{evaluation}/{PREDICTIONS}"))


def facts_of(config: Config, job: Job) -> Facts:
    """Return the facts of a training job for the model card."""
    hyperparameters = job.description.get("HyperParameters", {})
    # The SDK sends hyperparameters as JSON.
    settings = {
        name: hyperparameters[name].strip('"') for name in SETTINGS if name in hyperparameters
    }
    own = "The course's own made sample data" if config.raw is None else "The user's own raw data"
    return Facts(
        job.name,
        job.description["TrainingJobArn"],
        job.description["AlgorithmSpecification"]["TrainingImage"],
        job.model_data,
        f"{job.seconds:.0f} s on {job.instances} × {job.instance_type}",
        f"{own} ({load_dataset(config.dataset).title.lower()})",
        settings,
    )


def register(config: Config, job: Job, evaluation: str, card: Card) -> Version:
    """Register a training job's model as a new version that waits for approval.

    Args:
        place: URI of the folder that the evaluation job wrote.
    """
    _make_group(config)
    dataset, report = load_dataset(config.dataset), card.report
    task = dataset.task
    statistics = {"ContentType": "application/json", "S3Uri": f"{evaluation}/{STATISTICS}"}
    image = serving_image(config)
    container = {"Image": image, "ModelDataUrl": job.model_data, "Environment": PROGRAM}
    value = report["metrics"][task.headline]["value"]
    properties = {
        "dataset": config.dataset,
        "raw-data": config.source,
        "training-job": job.name,
        "evaluation": evaluation,
        "manifest": report["manifest"],
        "score": task.score_names[task.headline],
        "value": "unknown" if value is None else f"{value:.3f}",
    }
    made = client(config, "sagemaker").create_model_package(
        ModelPackageGroupName=config.name,
        ModelPackageDescription=f"{card.title}, trained by {job.name}",
        InferenceSpecification={
            "Containers": [container],
            "SupportedRealtimeInferenceInstanceTypes": [INSTANCE],
            "SupportedContentTypes": [*dataset.content_types, payloads.JSON],
            "SupportedResponseMIMETypes": [payloads.JSON, payloads.CSV],
        },
        ModelMetrics={"ModelQuality": {"Statistics": statistics}},
        ModelCard={
            "ModelCardContent": card.content(of_package=True),
            "ModelCardStatus": "PendingReview",
        },
        ModelApprovalStatus="PendingManualApproval",
        CustomerMetadataProperties=properties,
    )
    arn = made["ModelPackageArn"]
    until_listed(
        lambda: dict.fromkeys(_arns(config)), [arn], what="versions", pause=config.poll_seconds
    )
    return describe(config, arn)


def _make_group(config: Config) -> None:
    sagemaker = client(config, "sagemaker")
    try:
        sagemaker.create_model_package_group(
            ModelPackageGroupName=config.name,
            ModelPackageGroupDescription=f"Models that {load_dataset(config.dataset).task.purpose}",
        )
    except ClientError as error:
        if "already exists" not in str(error):
            raise


def describe(config: Config, arn: str) -> Version:
    """Return a version in its present state."""
    description = client(config, "sagemaker").describe_model_package(ModelPackageName=arn)
    description.pop("ResponseMetadata", None)
    return Version(description)


def versions(config: Config, status: str | None = None) -> list[Version]:
    """Return all versions of this data set's model, newest first, of one approval status or any."""
    return [describe(config, arn) for arn in _arns(config, status)]


def _arns(config: Config, status: str | None = None) -> list[str]:
    sagemaker = client(config, "sagemaker")
    query = {"ModelPackageGroupName": config.name, "SortBy": "CreationTime"}
    query |= {"SortOrder": "Descending", **({"ModelApprovalStatus": status} if status else {})}
    try:
        pages = list(sagemaker.get_paginator("list_model_packages").paginate(**query))
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return []
    return [each["ModelPackageArn"] for page in pages for each in page["ModelPackageSummaryList"]]


def history(config: Config) -> pd.DataFrame:
    """Return a row for each version: status, score, training job, raw data and reason."""
    rows = [
        {
            "version": version.number,
            "status": version.description["ModelApprovalStatus"],
            version.properties["score"]: version.properties["value"],
            "training job": version.training_job,
            "raw data": version.source,
            "why": version.description.get("ApprovalDescription", ""),
        }
        for version in versions(config)
    ]
    return pd.DataFrame(rows)


def last_approved(config: Config) -> Version | None:
    """Return the newest approved version of this raw data, None where there is none."""
    approved = versions(config, "Approved")
    return next((each for each in approved if each.source == config.source), None)


def approved(config: Config) -> Version:
    """Return the newest approved version of this raw data, to deploy it.

    Raises:
        LookupError: none has been approved.
    """
    if (version := last_approved(config)) is None:
        raise LookupError(
            f"No approved version of {config.name} on the raw data {config.source}: "
            "run notebooks/07 first"
        )
    return version


def previous(config: Config, version: Version) -> Version:
    """Return the approved version before `version`, which is itself where it is the first one."""
    older = [each for each in versions(config, "Approved") if each.number < version.number]
    return next((each for each in older if each.source == version.source), version)


def compare(config: Config, new: Version, old: Version | None) -> PairedComparison:
    """Compare two versions on their common test samples.

    Without a common sample, or with other classes, the raw data has changed between the two: then
    the new version is judged by the task's floor alone, as a first version is.
    """
    ours = read_predictions(config, new.properties["evaluation"])
    if old is None:
        return no_comparison(ours, config.dataset)
    theirs = read_predictions(config, old.properties["evaluation"])
    try:
        return compare_pairs(ours, theirs, config.dataset)
    except NotComparable as error:
        return no_comparison(
            ours, config.dataset, why=f"not compared with version {old.number}: {error}"
        )


def decide(config: Config, version: Version, result: PairedComparison) -> Version:
    """Approve a version, or reject one below the floor or worse than the last; keep the reason."""
    status = "Approved" if result.passes else "Rejected"
    return _judge(config, version, status, result.verdict)


def approve(config: Config, version: Version, why: str) -> Version:
    """Approve a version for deployment and return its new state."""
    return _judge(config, version, "Approved", why)


def _judge(config: Config, version: Version, status: str, why: str) -> Version:
    client(config, "sagemaker").update_model_package(**judgment(version.arn, status, why))
    return describe(config, version.arn)


def publish_card(config: Config, card: Card) -> str:
    """Publish a model card under the data set's name, as a new version; return its ARN."""
    sagemaker, content = client(config, "sagemaker"), card.content()
    try:
        made = sagemaker.update_model_card(ModelCardName=config.name, Content=content)
    except sagemaker.exceptions.ResourceNotFound:
        made = sagemaker.create_model_card(
            ModelCardName=config.name, Content=content, ModelCardStatus="PendingReview"
        )
    return made["ModelCardArn"]
