"""What is pushed to ECR can be run, until it is deleted there."""

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import AwsError
from local_aws.images.pushes import CONTEXT
from local_aws.images.registry import find
from local_aws.server import LocalAws
from tests.local_cloud import make_client
from tests.made_image import manifest, with_annotations

PYTHON = "FROM python:3.11-slim\n"
OURS = manifest(PYTHON + "RUN pip install six 'idna>=1'\nENTRYPOINT [\"python3\"]")


@pytest.fixture
def ecr(client):
    """Return ECR's client, with a repository `ours`."""
    ecr = client("ecr")
    ecr.create_repository(repositoryName="ours")
    return ecr


def push(ecr, tag, image=OURS, **more):
    """Push an image by its manifest, and return its URI."""
    ecr.put_image(repositoryName="ours", imageManifest=image, imageTag=tag, **more)
    return ecr.describe_repositories()["repositories"][0]["repositoryUri"] + f":{tag}"


def test_a_pushed_image_has_what_its_dockerfile_says(aws, ecr):
    image = find(aws.context, push(ecr, "a"))
    assert (image.python, image.entry_point, image.serve) == ("3.11", ("python3",), None)
    assert [str(line) for line in image.packages] == ["six", "idna>=1"]
    assert {"six", "idna", "pip"} <= image.distributions().keys()


def test_a_tag_that_was_never_pushed_is_refused(aws, ecr):
    uri = push(ecr, "a")
    with pytest.raises(AwsError, match=f"Requested image {uri}b not found"):
        find(aws.context, f"{uri}b")


def test_a_tag_that_moves_names_the_new_image(aws, ecr):
    push(ecr, "a")
    image = find(aws.context, push(ecr, "a", manifest(PYTHON + "RUN pip install numpy")))
    assert [str(line) for line in image.packages] == ["numpy"]


def test_an_image_is_found_by_its_digest(aws, ecr):
    digest = "sha256:" + "0c" * 32
    uri = push(ecr, "a", imageDigest=digest)
    assert find(aws.context, f"{uri.removesuffix(':a')}@{digest}").python == "3.11"
    with pytest.raises(AwsError, match="not found"):
        find(aws.context, f"{uri.removesuffix(':a')}@{digest.replace('0c', '0d')}")


@pytest.mark.parametrize("annotations", [None, {}, {"other": "x"}, {CONTEXT: "no Base64"}])
def test_an_image_that_brings_nothing_to_build_is_recorded_and_not_run(aws, ecr, annotations):
    uri = push(ecr, "a", with_annotations(annotations))
    assert ecr.list_images(repositoryName="ours")["imageIds"][0]["imageTag"] == "a"
    with pytest.raises(AwsError, match="can't be run: .* manifest brings what they are built of"):
        find(aws.context, uri)


def test_an_image_that_can_not_be_built_is_refused_with_the_line_and_the_old_one_stays(aws, ecr):
    uri = push(ecr, "a")
    broken = manifest(PYTHON + "\nCOPY none /tmp/")
    with pytest.raises(ClientError, match="line 3: COPY none /tmp/: .* has no none"):
        push(ecr, "a", broken)
    with pytest.raises(ClientError, match="can't be built"):
        push(ecr, "b", broken)
    assert find(aws.context, uri).entry_point == ("python3",)
    assert [image["imageTag"] for image in ecr.list_images(repositoryName="ours")["imageIds"]] == [
        "a"
    ]
    assert not list((aws.context.state / "images" / "builds").iterdir())


def test_a_build_that_breaks_down_leaves_no_folder(aws, ecr, monkeypatch):
    def run(build):
        raise OSError("broken disk")

    monkeypatch.setattr("local_aws.images.build.Build.run", run)
    with pytest.raises(ClientError, match="broken disk"):
        push(ecr, "a")
    assert not list((aws.context.state / "images" / "builds").iterdir())


def test_a_deleted_image_is_refused(aws, ecr):
    first, second = push(ecr, "a"), push(ecr, "b", manifest(PYTHON))
    ecr.batch_delete_image(repositoryName="ours", imageIds=[{"imageTag": "a"}])
    with pytest.raises(AwsError, match="not found"):
        find(aws.context, first)
    assert find(aws.context, second).packages == ()
    ecr.delete_repository(repositoryName="ours", force=True)
    with pytest.raises(AwsError, match="Cannot find repository: ours"):
        find(aws.context, second)


def test_a_push_that_is_refused_leaves_no_image(aws, ecr):
    with pytest.raises(ClientError):
        ecr.put_image(repositoryName="theirs", imageManifest="{}", imageTag="a")
    assert not (aws.context.state / "images" / "pushed" / "theirs" / "a").exists()


def test_images_outlive_the_server(tmp_path):
    with LocalAws(tmp_path) as aws:
        ecr = make_client(aws, "ecr")
        ecr.create_repository(repositoryName="ours")
        uri = push(ecr, "a")
    with LocalAws(tmp_path) as aws:
        assert find(aws.context, uri).python == "3.11"
