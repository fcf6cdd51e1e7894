"""The roles' policies in docs/ are those of the present code, and hand roles to one service."""

import json

import pytest

from local_aws.services.iam.resource_names import ALSO
from tools.authorizations import statements
from tools.role_policies import FOLDER, files

PASS = "iam:PassRole"
STATEMENTS = [
    (path.stem, statement)
    for path, text in files().items()
    for statement in json.loads(text)["Statement"]
]


def test_the_files_are_up_to_date():
    assert {path: path.read_text() for path in FOLDER.glob("*.json")} == files(), (
        "run `make readme`"
    )


@pytest.mark.parametrize(
    "name, statement", [each for each in STATEMENTS if PASS in each[1]["Action"]]
)
def test_a_role_that_is_handed_on_goes_to_one_service(name, statement):
    assert statement["Action"] == [PASS]
    (service,) = statement["Condition"]["StringEquals"].values()
    assert service.endswith(".amazonaws.com") and "*" not in service
    assert not [arn for arn in statement["Resource"] if arn.endswith("*")]


@pytest.mark.parametrize("name, statement", STATEMENTS)
def test_no_action_is_a_wildcard_and_every_trust_names_whom(name, statement):
    actions = statement["Action"]
    assert "*" not in json.dumps(actions)
    if name.endswith("-trust"):
        assert "*" not in json.dumps(statement["Principal"])


@pytest.mark.parametrize("name", sorted({name for name, _ in STATEMENTS} | {"the user"}))
def test_who_may_ask_for_scaling_may_all_that_aws_does_for_it_in_its_callers_name(name):
    own = statements() if name == "the user" else [each for who, each in STATEMENTS if who == name]
    allowed = {action for statement in own for action in statement["Action"]}
    for (service, operation), needs in ALSO.items():
        if f"{service}:{operation}" in allowed:
            assert {action for action, _, _ in needs} <= allowed
