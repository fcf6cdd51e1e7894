"""A difference that is meant has a reason, which docs/evidence.md says too; others have none."""

import dataclasses

import pytest

from tests.places import ROOT
from tools.differences import Difference
from tools.known_differences import KNOWN, reason

PAGE = (ROOT / "docs" / "evidence.md").read_text()
MEANT = Difference("sagemaker", "CreateTrainingJob", "retry", "ThrottlingException", "")


def test_a_meant_difference_has_a_reason():
    assert "throttles" in reason(MEANT)


@pytest.mark.parametrize("change", [{"kind": "value"}, {"kind": "member"}, {"kind": "error"}])
def test_another_has_none(change):
    assert reason(dataclasses.replace(MEANT, member="answer.X", **change)) is None


@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_the_page_says_each_reason(known):
    assert known.reason in PAGE
