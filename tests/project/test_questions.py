"""The questions have a key, and each of its answers stands on the pages of every data set."""

import re

import pytest

from tests.places import ROOT
from tests.project.test_claims import fault

QUESTIONS, KEY = ((ROOT / "docs" / name).read_text() for name in ("questions.md", "answers.md"))
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (`[\w-]+`: `.+`) \|$", re.M)
NUMBERS = re.findall(r"^## (\d\d)$", QUESTIONS, re.M)


def section(text: str, number: str) -> str:
    return text.split(f"\n## {number}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_notebook_has_ten_questions_and_ten_answers(number):
    asked = re.findall(r"^(\d+)\. .+[?.]$", section(QUESTIONS, number), re.M)
    answered = [row for row, _, _ in ROW.findall(section(KEY, number))]
    assert asked == answered == [str(n) for n in range(1, 11)]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_answer_stands_in_its_cell(number):
    rows = ROW.findall(section(KEY, number))
    faults = {n: why for n, answer, shown in rows if (why := fault(number, answer, shown))}
    assert not faults
