"""The course's repository is marked when it is made, and goes with its images."""

from helpers.container_images import REPOSITORY, processing_image
from helpers.resources import images


def test_it_is_listed_with_its_tag_and_deleted_with_its_images(client, config):
    processing_image(config)
    client("ecr").create_repository(repositoryName="my-birds-and-bins-images")
    (repository,) = images.repositories(config)
    assert repository.name == REPOSITORY
    assert images.tags(config, repository) == {"course": "birds-and-bins"}
    images.delete(config, REPOSITORY)
    assert not list(images.repositories(config))
    assert len(client("ecr").describe_repositories()["repositories"]) == 1
