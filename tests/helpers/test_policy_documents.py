"""Documents hold all permissions in their order, none longer than AWS's limit."""

import json

from helpers.policy_documents import MOST_LETTERS, Permission, policies


def test_a_permission_without_conditions_has_no_empty_one():
    assert Permission("look", ("s3:ListBucket",)).statement() == {
        "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["*"],
    }  # fmt: skip


def test_what_does_not_fit_into_one_document_begins_another():
    many = [Permission("look", (f"s3:{number:01000}",)) for number in range(9)]
    documents = policies(many)
    assert [len(each["Statement"]) for each in documents] == [5, 4]
    assert all(len(json.dumps(each, separators=(",", ":"))) <= MOST_LETTERS for each in documents)
    statements = [row for each in documents for row in each["Statement"]]
    assert statements == [each.statement() for each in many]
