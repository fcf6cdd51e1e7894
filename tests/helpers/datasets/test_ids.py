"""Ids made of any names are safe, unique and lasting."""

import re
import unicodedata

import pytest

from helpers.datasets.ids import LONGEST, make_ids, safe

NFD = unicodedata.normalize("NFD", "Ö")
ODD = [
    "Eisvogel-Ö", "Eisvogel-O", "鳥", "犬", "Северный", "a b", "a_b", "a.b", "a,b", "a'b", 'a"b',
    "a/b", ".a", "a", "A", "", " ", "_", "-", "0", "00", "x" * 300, "x" * 301, "🐦", "a\nb", "a\tb",
    "$a$", "ß", "ss", "é", "e", "ﬁ", "fi", "İ", "i",
]  # fmt: skip


def test_any_names_give_ids_that_are_safe_and_unique_in_any_case():
    ids = make_ids(ODD)
    assert len({id.casefold() for id in ids}) == len(ODD)
    assert all(re.fullmatch("[A-Za-z0-9_-]+", id) and len(id) <= LONGEST for id in ids)


def test_a_safe_name_is_its_own_id():
    assert make_ids(["XC134896", "00001", "a_b-2"]) == ["XC134896", "00001", "a_b-2"]


@pytest.mark.parametrize("name", ["a b", "鳥", "x" * 99])
def test_a_name_keeps_its_id_whatever_is_added(name):
    [id] = make_ids([name])
    assert make_ids([*ODD, name, "zz"])[len(ODD)] == make_ids([name, "zz"])[0] == id


def test_a_name_that_looks_like_another_ones_id_gets_one_of_its_own():
    taken = make_ids(["a b"])[0]
    assert len(set(make_ids(["a b", taken, "a_b"]))) == 3


def test_names_decide_where_wishes_agree_and_equal_names_share_an_id():
    ids = make_ids(["x", "x", "x"], ["x.wav", "x.ogg", "x.wav"])
    assert ids[0] == ids[2] != ids[1]


def test_composed_and_decomposed_wishes_look_alike():
    assert safe("Eisvogel-Ö") == safe(f"Eisvogel-{NFD}") == "Eisvogel-O"
