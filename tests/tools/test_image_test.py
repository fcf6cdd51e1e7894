"""The table of images shows each run's own rows, and green only where all ran and passed."""

from collections import Counter

import pytest

from tools import image_test
from tools.image_venvs import IMAGES

REPORT = """<testsuites><testsuite>
<testcase name="test_a[gpu]"/><testcase name="test_b[own-graph-bins]"><failure/></testcase>
<testcase name="test_c[own-x]"><skipped/></testcase><testcase name="test_d"/>
</testsuite></testsuites>"""


def test_a_report_counts_each_images_tests(tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)
    counts = image_test.results(tmp_path / "report.xml")
    assert counts["gpu"] == {"passed": 1} and counts["own"] == {"failed": 1, "not run": 1}
    assert not counts["cpu"]


@pytest.mark.parametrize(
    "counts, result",
    [
        ({"passed": 3}, "green: 3 passed"),
        ({"passed": 3, "failed": 1}, "RED: 3 passed, 1 failed"),
        ({"passed": 3, "not run": 1}, "RED: 3 passed, 1 not run"),
        ({}, "RED: none"),
    ],
)
def test_green_is_what_ran_whole(monkeypatch, counts, result):
    monkeypatch.setattr(image_test, "python", lambda name: name)
    monkeypatch.setattr(image_test, "installed", lambda path: {"torch": "2.13.0"})
    monkeypatch.setattr(image_test, "full_version", lambda name: "3.12.1")
    assert image_test.row("gpu", Counter(counts)).endswith(f"| {result} |")


@pytest.mark.parametrize(
    ("name", "cuda", "end"),
    [
        ("smddp", True, "green: 1 passed; stand-in for SMDDP |"),
        ("cpu", True, "green: 1 passed; PyPI's torch, with CUDA |"),
        ("cpu", False, "green: 1 passed |"),
        ("gpu", True, "green: 1 passed |"),
    ],
)
def test_a_row_says_what_is_not_the_images_own(monkeypatch, name, cuda, end):
    monkeypatch.setattr(image_test, "python", lambda name: name)
    monkeypatch.setattr(image_test, "installed", lambda path: {"torch": "2.13.0"})
    monkeypatch.setattr(image_test, "full_version", lambda name: "3.12.1")
    monkeypatch.setattr(image_test, "has_cuda", lambda name: cuda)
    assert image_test.row(name, Counter(passed=1)).endswith(end)


def test_a_run_of_one_image_keeps_the_others_rows():
    page = f"a\n{image_test.BEGIN}\n{image_test.END}\nb"
    first = {name: f"| {IMAGES[name].title} | old |" for name in ("own", "gpu")}
    page = image_test.with_rows(page, first)
    page = image_test.with_rows(page, {"own": f"| {IMAGES['own'].title} | new |"})
    rows = [line for line in page.splitlines() if line.endswith(("old |", "new |"))]
    assert [row.split()[-2] for row in rows] == ["old", "new"]
    assert page.startswith("a\n") and page.endswith("\nb")
