import pytest

from helpers.config import PROJECT
from helpers.watch_permissions import watch_permissions

PLACE = "us-east-1:000000000000"
WRITES = ("Create", "Delete", "Put", "Set", "Subscribe", "Tag", "Update")


def changes():
    for permission in watch_permissions(PLACE):
        for action in permission.actions:
            if action.partition(":")[2].startswith(WRITES):
                yield action, permission.resources


def test_all_that_watches_is_allowed():
    services = {action.partition(":")[0] for action, _ in changes()}
    assert services == {"cloudwatch", "scheduler", "sns", "sqs"}


@pytest.mark.parametrize(("action", "resources"), [*changes()])
def test_what_changes_is_the_courses_own(action, resources):
    assert all(PROJECT in arn and PLACE in arn for arn in resources), action
