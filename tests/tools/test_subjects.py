"""The README's numbers are those of the pages; a page that lacks one is named."""

import re

import pytest

from helpers.datasets import NAMES
from tools import subjects


@pytest.mark.parametrize("name", subjects.FOUND)
@pytest.mark.parametrize("dataset", NAMES)
def test_every_number_is_on_the_pages_of_every_data_set(name, dataset):
    assert all(re.search(r"\d", number) for number in subjects.found(name, dataset))


def test_a_page_without_a_number_is_named(monkeypatch):
    monkeypatch.setitem(subjects.FOUND, "lost", ("05", "05-13", "no such words"))
    with pytest.raises(LookupError, match="05_train.* of the birds has no lost: cell 05-13"):
        subjects.found("lost", "birds")


def test_a_number_that_all_have_stands_once(monkeypatch):
    monkeypatch.setattr(subjects, "found", lambda name, dataset: ("7",))
    assert subjects.each("load", "{} a second") == "7 a second"
    monkeypatch.setattr(subjects, "found", lambda name, dataset: (str(len(dataset)),))
    assert subjects.each("load", "{} ms") == "5 ms (birds) and 4 ms (bins)"


def test_the_four_subjects_have_words():
    text = subjects.subjects()
    assert re.findall(r"^- \*\*(.+?)\*\*", text, re.M) == list(subjects.TEXTS)
