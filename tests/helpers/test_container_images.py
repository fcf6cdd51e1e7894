"""Images have names that change with what is in them; AWS's own are looked up, not remembered."""

import dataclasses

import pytest
from botocore.exceptions import ClientError

from helpers import container_images
from helpers.container_images import (
    REPOSITORY,
    image_tag,
    processing_image,
    serving_image,
    training_image,
)
from helpers.instances import unfit
from helpers.session import client

PYTHON = "FROM python:3.11-slim\n"


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Return a folder that stands for docker_process/."""
    monkeypatch.setattr(container_images, "FOLDER", tmp_path / "docker")
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "Dockerfile").write_text(PYTHON)
    return tmp_path / "docker"


def images(config):
    return client(config, "ecr").list_images(repositoryName=REPOSITORY)["imageIds"]


def test_the_tag_changes_with_the_content_and_with_nothing_else(files):
    before = image_tag()
    (files / "Dockerfile").touch()
    assert image_tag() == before
    (files / "requirements.txt").write_text("numpy")
    assert image_tag() != before


def test_moving_a_line_from_one_file_to_the_next_changes_the_tag(files):
    (files / "a").write_text("one\ntwo\n")
    (files / "b").write_text("three\n")
    before = image_tag()
    (files / "a").write_text("one\n")
    (files / "b").write_text("two\nthree\n")
    assert image_tag() != before


def test_our_image_is_pushed_once_and_found_again(config, files):
    uri = processing_image(config)
    assert uri.endswith(f"/{REPOSITORY}:{image_tag()}")
    assert processing_image(config) == uri and len(images(config)) == 1


def test_a_changed_image_is_pushed_beside_the_old_one(config, files):
    old = processing_image(config)
    (files / "Dockerfile").write_text(PYTHON + "ENV A=b")
    assert processing_image(config) != old
    assert {image["imageTag"] for image in images(config)} == {old[-12:], image_tag()}


def test_without_docker_on_aws_it_says_where_to_build(config, files, monkeypatch):
    processing_image(config)
    (files / "Dockerfile").write_text(PYTHON + "ENV A=b")
    monkeypatch.setattr(container_images.shutil, "which", lambda name: None)
    monkeypatch.setattr(container_images, "client", lambda _, service: client(config, service))
    with pytest.raises(RuntimeError, match="no docker command.*CloudShell"):
        processing_image(dataclasses.replace(config, cloud="aws", endpoint_url=None))


@pytest.mark.parametrize(
    "instance, smddp, name",
    [
        ("ml.g4dn.xlarge", False, "pytorch:2.13-cu133-amzn2023-sagemaker"),
        ("ml.p4d.24xlarge", False, "pytorch:2.13-cu133-amzn2023-sagemaker"),
        ("ml.m5.large", False, "pytorch:2.13-cpu-amzn2023-sagemaker"),
        ("ml.p4d.24xlarge", True, "pytorch-training:2.3.0-gpu-py311"),
        ("ml.p3dn.24xlarge", True, "pytorch-training:2.3.0-gpu-py311"),
    ],
)
def test_a_training_image_fits_the_instance(config, instance, smddp, name):
    assert training_image(config, instance, smddp=smddp).rpartition("/")[2] == name


def test_several_instances_that_smddp_supports_get_its_image_unasked(config):
    one, two = (training_image(config, "ml.p4d.24xlarge", instances=count) for count in (1, 2))
    assert "/pytorch:2.13-cu133-" in one and "/pytorch-training:2.3.0-gpu-py311" in two


def test_an_endpoint_has_the_image_of_the_processing_jobs(config):
    assert serving_image(config) == processing_image(config)


def test_what_python_has_compiled_is_no_part_of_the_image(config, files):
    tag, manifest = image_tag(), container_images._manifest()
    (files / "__pycache__").mkdir()
    (files / "__pycache__" / "app.pyc").write_bytes(b"x")
    assert (image_tag(), container_images._manifest()) == (tag, manifest)


def test_an_image_that_can_not_be_built_raises_with_the_line(config, files):
    (files / "Dockerfile").write_text(PYTHON + "RUN apt-get install -y ffmpeg")
    with pytest.raises(ClientError, match="line 2: RUN apt-get install -y ffmpeg: the command"):
        processing_image(config)


@pytest.mark.parametrize("in_studio", [False, True])
def test_docker_attests_nothing_and_has_studios_network_there(tmp_path, monkeypatch, in_studio):
    (tmp_path / "metadata.json").touch()
    monkeypatch.setattr(
        container_images, "STUDIO", tmp_path / ("metadata.json" if in_studio else "no")
    )
    options = container_images._build_options()
    assert "--provenance=false" in options
    assert (options[-2:] == ["--network", "sagemaker"]) == in_studio


@pytest.mark.parametrize(
    "instance, smddp, why",
    [
        ("ml.p3.2xlarge", False, "V100; ml.g4dn and newer can"),
        ("ml.p3dn.24xlarge", False, "V100"),
        ("ml.p2.xlarge", False, "K80"),
        ("ml.p6e-gb200.36xlarge", False, "Arm"),
        ("ml.trn1.2xlarge", False, "AWS's own accelerators"),
        ("ml.g4dn.xlarge", True, "SMDDP runs on ml.p3dn.24xlarge, ml.p4d.24xlarge"),
        ("ml.p5.48xlarge", True, "SMDDP runs on"),
        ("ml.m5.large", True, "SMDDP runs on"),
    ],
)
def test_an_image_that_can_not_run_there_is_refused_with_the_reason(config, instance, smddp, why):
    with pytest.raises(ValueError, match=why):
        training_image(config, instance, smddp=smddp)


def test_an_image_comes_from_the_registry_of_its_region(config):
    def host(region: str) -> str:
        there = dataclasses.replace(config, region=region)
        return training_image(there, "ml.g4dn.xlarge").partition("/")[0]

    assert host("us-west-2") == "763104351884.dkr.ecr.us-west-2.amazonaws.com"
    assert host("cn-north-1").endswith(".dkr.ecr.cn-north-1.amazonaws.com.cn")
    assert not host("af-south-1").startswith("763104351884")


def test_every_instance_that_can_be_trained_on_has_an_image_or_a_reason(config):
    shape = client(config, "sagemaker").meta.service_model.shape_for("TrainingInstanceType")
    for instance in shape.enum:
        if not unfit(instance):
            assert "/pytorch:2.13-" in training_image(config, instance)
