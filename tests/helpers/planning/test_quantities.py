"""Every constant of a plan says what it is, where it is from and when."""

import re

import pytest

from helpers.planning.quantities import ASSUMPTION, NETWORK, constants


def test_each_has_a_name_a_unit_a_source_and_a_date():
    table = constants()
    assert len(table) > len(NETWORK) + 15
    assert table["name"].is_unique and (table["value"] > 0).all() and table["unit"].all()
    assert table["source"].map(lambda text: text == ASSUMPTION or text[:8] == "https://").all()
    assert table["date"].map(lambda text: bool(re.fullmatch(r"20\d\d-\d\d", text))).all()


@pytest.mark.parametrize("name", ["S3 Standard, kept", "EFS Standard, kept"])
def test_a_price_is_no_assumption(name):
    row = constants().set_index("name").loc[name]
    assert row["source"].startswith("https://aws.amazon.com/") and row["unit"] == "$ a GB-month"
