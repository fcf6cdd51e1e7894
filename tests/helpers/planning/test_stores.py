"""Stores charge for the size that they can have, and each mode reads one of them."""

import pytest

from helpers.planning.stores import LUSTRE, MODES, S3


@pytest.mark.parametrize(
    "gigabytes, charged", [(10, 1200), (1200, 1200), (1201, 2400), (2401, 4800), (30_000, 31_200)]
)
def test_lustre_is_charged_in_steps(gigabytes, charged):
    assert LUSTRE.size(gigabytes) == charged


def test_s3_is_charged_for_what_lies_there():
    assert S3.size(10) == 10


def test_modes_have_names_of_their_own_and_those_of_the_notebook_are_marked():
    assert len({mode.name for mode in MODES}) == len(MODES)
    here = [mode.name for mode in MODES if mode.is_measured]
    assert here == ["File", "FastFile", "Pipe", "WebDataset", "our stream"]
