"""What was asked for while a local AWS enforced policies, and which actions nobody needed."""

from local_aws.server import LocalAws
from local_aws.services.iam.authorization import NOTES, denied
from local_aws.services.iam.needs import Need
from local_aws.services.iam.principals import Principal
from local_aws.state.json_lines import read_lines
from tools.authorizations import each_removed


def requests(aws: LocalAws) -> list[Need]:
    """Return what was asked for while policies were enforced."""
    lines = read_lines(aws.context.state / NOTES)
    return [Need(each["action"], each["resource"], each["context"]) for each in lines]


def needless(statements: list[dict], asked: list[Need]) -> set[str]:
    """Return the actions without which everything is allowed all the same."""
    unneeded = set()
    for (action, _), rows in each_removed(statements):
        user = Principal("arn:aws:sts::000000000000:user/local", ([{"Statement": rows}],))
        if not any(denied(user, need) for need in asked):
            unneeded.add(action)
    return unneeded
