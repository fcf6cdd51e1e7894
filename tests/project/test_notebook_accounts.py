"""The rendered notebooks count the same things alike: objects, records, rows, samples."""

import re

import nbformat
import pytest

from helpers.datasets import NAMES
from tools.notebooks import code_cells, paths

MEDIA = r"(?:train_audio|bin-images) +"


@pytest.fixture(scope="module", params=NAMES)
def said(request):
    """Return a function that finds a pattern's numbers in the outputs of a data set's page."""
    texts = {}
    for path in paths(request.param):
        outputs = [out for cell in code_cells(nbformat.read(path, 4)) for out in cell.outputs]
        each = [out.get("data", {}) for out in outputs]
        kinds = [data.get(kind, "") for data in each for kind in ("text/plain", "text/markdown")]
        texts[path.stem[:2]] = "\n".join([*kinds, *(out.get("text", "") for out in outputs)])

    def said(number: str, pattern: str) -> list[tuple[int, ...]]:
        found = re.findall(pattern, texts[number], re.M)
        rows = [row if isinstance(row, tuple) else (row,) for row in found]
        return [tuple(int(part.replace(",", "") or 0) for part in row) for row in rows]

    return said


def test_raw_objects_are_as_many_in_01_04_05_and_the_card_of_07(said):
    account = r"([\d,]+) of ([\d,]+) raw objects gave samples, ([\d,]+) gave none"
    (used, objects, unused), *_ = said("04", account)
    assert used + unused == objects
    assert said("07", account) == [(used, objects, unused)]
    for number in ("04", "05", "07"):
        assert set(said(number, r"([\d,]+) of ([\d,]+) raw objects used")) == {(used, objects)}
    assert said("01", rf"^{MEDIA}(\d+)") == [(objects,)]


def test_records_are_the_raw_objects_that_are_not_set_aside(said):
    ((records,),) = said("01", r"^([\d,]+) records of")
    ((objects,),) = said("01", rf"^{MEDIA}(\d+)")
    aside = said("01", r"^ *()(?:train_audio|bin-images)/\S+ +(?!row in)(?:[a-z]|\d+ items:)")
    entries = said("01", r"^ *()(?:metadata/\S+ +[a-z]|\S+ +row in)")
    assert records + len(aside) == objects
    assert sum(said("04", r"beside ([\d,]+) entr"), ()) == ((len(entries),) if entries else ())
    assert said("02", r"<Query: ([\d,]+) rows written") == said("01", r"^metadata +(\d+)")


def test_samples_are_as_many_wherever_a_split_is_counted(said):
    pattern = r"train ([\d,]+) in .*?validation ([\d,]+) in .*?test ([\d,]+) in"
    (sizes,) = {size for number in ("04", "05", "07") for size in said(number, pattern)}
    train, validation, test = sizes
    assert said("04", r"\btotal_samples=(\d+)")[0][0] == sum(sizes)
    assert said("05", r"([\d,]+) samples tested, ([\d,]+) in the manifest") == [(test, test)]
    assert said("06", r"standard error [\d.]+: ([\d,]+) samples") == [(validation,)]
    assert set(said("07", r"this test, ([\d,]+) samples")) == {(test,)}
    assert said("07", r"(?:Data|samples\.)[^\n]*?: ([\d,]+) samples\.")[0] == (sum(sizes),)
