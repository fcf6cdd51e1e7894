"""What a kind of resource is to the cleanup, and how its errors are read; knows no service.

To add a kind, write a row into `KINDS` of `helpers/inventory.py`. Its functions are in the module
of its service beside this one; `sagemaker.kind_of` makes most of SageMaker's kinds from their name,
`job` and `running_job` those of jobs.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from helpers.config import PROJECT, Config
from helpers.course_tag import KEY, is_marked

OURS = f"{PROJECT}-"
"""How the names of the course's resources begin."""
GONE = {
    "EntityNotFoundException",
    "NoSuchBucket",
    "NoSuchEntity",
    "NotFoundException",
    "ObjectNotFoundException",
    "RepositoryNotFoundException",
    "ResourceNotFound",
    "ResourceNotFoundException",
}
ABSENT = re.compile("could not find|does not exist|not found", re.IGNORECASE)
"""What SageMaker says of a resource that is not there, under the code ValidationException."""


class Busy(RuntimeError):
    """A resource that can't be deleted yet: it is asked again until it can, or is gone."""


@dataclass(frozen=True)
class Resource:
    """One resource of an account."""

    name: str
    arn: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Those that its list has, where lists have them."""


@dataclass(frozen=True)
class Kind:
    """One kind of resource: a row of the table of what the cleanup finds and deletes."""

    service: str
    name: str
    find: Callable[[Config], Iterator[Resource]]
    """Lists what has a name of the course's, in the whole account."""
    tags: Callable[[Config, Resource], Mapping[str, str]] | None
    """Returns a resource's tags; None where the kind has none: then `find` yields the course's
    resources alone, by what they belong to."""
    delete: Callable[[Config, str], object]
    """Deletes one by its name, or raises Busy."""
    after: tuple[str, ...] = ()
    """Names of the kinds that must be gone before: they use this one."""

    def own(self, config: Config) -> Iterator[Resource]:
        """Yield the course's resources: they have its name, and its tag if the kind has tags."""
        for resource in self.find(config):
            if self.tags is None or is_marked(self._tags(config, resource)):
                yield resource

    def look_alikes(self, config: Config) -> Iterator[tuple[str, str]]:
        """Yield name and difference of what has a name of the course's and not its tag."""
        for resource in self.find(config) if self.tags else ():
            tags = self._tags(config, resource)
            if tags is not None and not is_marked(tags):
                value = tags.get(KEY)
                yield resource.name, f"tag {KEY}={value}" if value else f"no tag {KEY}"

    def _tags(self, config: Config, resource: Resource) -> Mapping[str, str] | None:
        """Return a resource's tags, None where it is gone and a late list still shows it."""
        try:
            return self.tags(config, resource)
        except ClientError as error:
            if not is_gone(error):
                raise
            return None


def is_gone(error: Exception) -> bool:
    """Say whether an error means that the resource is not there any more."""
    if isinstance(error, LookupError):
        return True
    if not isinstance(error, ClientError):
        return False
    code = error.response["Error"]["Code"]
    return code in GONE or (code == "ValidationException" and bool(ABSENT.search(str(error))))
