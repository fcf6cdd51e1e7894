"""Images have names that change with what is in them; AWS's own are looked up, not remembered."""

import dataclasses
import re

import pytest

from helpers import container_images
from helpers.container_images import REPOSITORY, image_tag, processing_image, pytorch_image
from helpers.session import client


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Return a folder that stands for docker_process/."""
    monkeypatch.setattr(container_images, "FOLDER", tmp_path / "docker")
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "Dockerfile").write_text("FROM scratch")
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
    (files / "Dockerfile").write_text("FROM python")
    assert processing_image(config) != old
    assert {image["imageTag"] for image in images(config)} == {old[-12:], image_tag()}


def test_without_docker_on_aws_it_says_where_to_build(config, files, monkeypatch):
    processing_image(config)
    (files / "Dockerfile").write_text("FROM python")
    monkeypatch.setattr(container_images.shutil, "which", lambda name: None)
    monkeypatch.setattr(container_images, "client", lambda _, service: client(config, service))
    with pytest.raises(RuntimeError, match="no docker command.*CloudShell"):
        processing_image(dataclasses.replace(config, cloud="aws", endpoint_url=None))


@pytest.mark.parametrize(
    "scope, kind, variant",
    [
        ("training", "ml.g4dn.xlarge", "pytorch-training:2.6.*-gpu-py312"),
        ("training", "ml.m5.large", "pytorch-training:2.6.*-cpu-py312"),
        ("inference", "ml.m5.large", "pytorch-inference:2.6.*-cpu-py312"),
    ],
)
def test_awss_own_image_fits_the_instance(config, scope, kind, variant):
    assert re.search(variant, pytorch_image(config, scope, kind))
