"""The generated parts of docs/aws.md: versions with the day of their change, bills that add up."""

import json
import re

import pytest

from helpers.costs import instance_cost
from helpers.datasets import NAMES
from helpers.training.defaults import complete
from helpers.training.options import Options
from scripts_train import train
from tools import aws_page

TEXT = aws_page.PAGE.read_text()
BLOCKS = re.findall(r"^### (\w+):.+?^```json\n(.+?)\n```$", TEXT, re.M | re.S)
FULL = {dataset.lower(): json.loads(block) for dataset, block in BLOCKS}
"""The hyperparameters that the page names for each data set's full size."""
BILLS = {"sample": aws_page.SAMPLE, "bins": aws_page.BINS, "birds": aws_page.BIRDS}


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Return a page of its own that says what the present one does, of another day."""
    path = tmp_path / "aws.md"
    path.write_text(aws_page.CHECKED.sub(r"Checked against \1 on 2020-02-02.", TEXT))
    monkeypatch.setattr(aws_page, "PAGE", path)
    return path


def test_the_day_stays_while_the_versions_do(page):
    assert aws_page.checked().endswith(" on 2020-02-02.")


@pytest.mark.parametrize("before", ["botocore 1.0", "pytorch:1.0"])
def test_another_version_has_another_day(page, before):
    name = re.split(r"[ :]", before)[0]
    page.write_text(re.sub(rf"{name}([ :])[\w.]+", before, page.read_text(), count=1))
    assert "2020-02-02" not in aws_page.checked()


def test_the_versions_are_the_pins_and_the_images_of_the_local_aws():
    line = aws_page.CHECKED.search(TEXT)[1]
    pins = (aws_page.ROOT / "requirements.txt").read_text()
    for name, words in aws_page.PACKAGES.items():
        version = re.search(rf"{re.escape(words)} ([\d.]+)", line)[1]
        assert f"{name}=={version}\n" in pins
    folders = [path for path in (aws_page.ROOT / "local_aws/images/aws").iterdir() if path.is_dir()]
    assert line.count("`") == 2 * len(folders) > 0


@pytest.mark.parametrize("items", BILLS.values(), ids=BILLS)
def test_a_bill_ends_with_the_sum_of_its_rows(items):
    *costs, total = map(float, re.findall(r"\$([\d.]+) \|$", aws_page.bill(items), re.M))
    assert len(costs) == len(items)
    assert sum(costs) == pytest.approx(total, abs=0.0005 * len(items))
    for line, _ in items:
        if line.instances:
            price = instance_cost(line.instance_type, 60 * line.minutes, line.instances)
            assert f"${price:.3f}" in aws_page.bill(items)


@pytest.mark.parametrize("dataset", NAMES)
def test_train_py_takes_the_hyperparameters_of_a_full_run(dataset):
    given = FULL[dataset]
    flags = [part for name, value in given.items() for part in (f"--{name}", str(value))]
    args = complete(train.parse_args(["--data", "s3://bucket/shards", *flags]), dataset)
    assert {name: getattr(args, name.replace("-", "_")) for name in given} == given
    Options.from_flags(args)
