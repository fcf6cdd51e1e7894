"""The roles' policies in docs/ are those of the present code, and hand roles to one service."""

import json

import pytest

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
