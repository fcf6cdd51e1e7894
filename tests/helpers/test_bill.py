"""The bill of 00 is the sum of what the notebooks say of themselves and as their cells use."""

import re

import pytest

from helpers.bill import ENDPOINT, LINES, PROCESSING, bill, of_notebook, quotas, total
from helpers.costs import S3_GB_MONTH, instance_cost
from tests.places import ROOT
from tests.project.test_notebooks import read
from tools.notebooks import code_cells, paths
from tools.readme import opening

PATHS = {path.stem[:2]: path for path in paths()}
WORDS = {"up to two cents": "$0.02", "less than a cent": "$0.001", "2.3 cents": f"${S3_GB_MONTH}"}


def costs(number):
    """Return what a notebook's opening says of its costs, amounts in dollars."""
    text = opening(PATHS[number])["Costs"]
    for words, amount in WORDS.items():
        text = text.replace(words, amount)
    return text


def amounts(text):
    """Return the dollars of a text as (value, digits behind the point)."""
    found = re.findall(r"\$(\d+(?:\.(\d+))?)", text)
    return [(float(whole), len(digits)) for whole, digits in found]


def code(number):
    """Return a notebook's cells; those of 10 start what the pipeline's steps say."""
    files = ("steps.py", "processing_step.py") if number == "10" else ()
    more = "".join((ROOT / "helpers/automation" / file).read_text() for file in files)
    return "\n".join(cell.source for cell in code_cells(read(PATHS[number]))) + more


@pytest.mark.parametrize("number", sorted({line.notebook for line in LINES}))
def test_a_notebook_says_what_the_bill_has_of_it(number):
    cost = sum(line.cost for line in of_notebook(number))
    value, digits = amounts(costs(number))[0]
    assert value == pytest.approx(cost, abs=0.5 * 10**-digits)


@pytest.mark.parametrize("number", sorted(PATHS.keys() - {line.notebook for line in LINES}))
def test_a_notebook_that_the_bill_lacks_says_that_it_costs_nothing(number):
    assert costs(number).startswith("nothing")


def test_the_bill_is_the_sum_of_what_the_notebooks_say():
    said = sum(amounts(costs(number))[0][0] for number in {line.notebook for line in LINES})
    assert total() == pytest.approx(said, abs=0.01)
    shown = [amounts(cost)[0][0] for cost in bill()["cost"]]
    assert sum(shown[:-1]) == pytest.approx(shown[-1], abs=0.005)
    texts = [cell.source for cell in read(PATHS["00"]).cells]
    assert 2.25 < total() < 3 and sum("under three dollars" in text for text in texts) == 1


@pytest.mark.parametrize("line", [line for line in LINES if line.instances], ids=str)
def test_minutes_and_instances_are_the_same_in_bill_opening_and_cells(line):
    said, lines = costs(line.notebook), of_notebook(line.notebook)
    assert f'"{line.instance_type}"' in code(line.notebook)
    counts = re.findall(r"(?:instance_count|max_parallel_jobs)=(\d+)", code(line.notebook))
    if line.quotas == (ENDPOINT,):  # an update has the old and the new instances together
        counts = ["1", *(str(2 * int(n)) for n in re.findall(r" instances=(\d+)", code("08")))]
        counts += [str(int(n) - 1) for n in re.findall(r"most=(\d+)", code("08"))]
    assert str(line.instances) in (counts or ["1"])
    if minutes := re.search(r"about (\d+) minutes", said):
        whole = sum(each.minutes for each in lines)
        assert int(minutes[1]) == pytest.approx(whole, rel=0.1) and line.instance_type in said
    if product := re.search(r"(\d+) × ml", said):
        assert int(product[1]) == line.instances


@pytest.mark.parametrize("number", sorted(PATHS))
def test_every_instance_type_that_a_notebook_asks_for_is_in_the_bill_and_its_quotas(number):
    calls = r'(?:instance_type=|training_setup\()"(ml\.[^"]+)"|serve\(.*"(ml\.[^"]+)"'
    asked = re.findall(calls, code(number))
    types = {each for pair in asked for each in pair if each}
    lines = of_notebook(number)
    assert types == {line.instance_type for line in lines if line.instances}
    assert all(line.quotas for line in lines if line.instances)


def test_the_quotas_are_those_of_the_largest_job_of_each_kind():
    table = quotas().set_index("quota")
    assert table.loc[f"ml.m5.large {PROCESSING}"].tolist() == [2, "04, 07, 09, 10"]
    assert sorted(table["at least"]) == [1, 1, 1, 2, 2, 2, 2, 4]


def test_a_forgotten_endpoint_costs_a_month_what_the_last_notebook_says():
    says = amounts(opening(PATHS["12"])["Problem"])
    assert says == [(round(instance_cost("ml.m5.large", 30 * 24 * 3600)), 0)]
