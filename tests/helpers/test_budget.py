"""A budget is set once, replaced by the next one, and deleted with all else."""

import pytest

from helpers.budget import NAME, all_budgets, delete_budget, names, set_budget
from helpers.inventory import inventory


def test_it_is_set_and_the_next_one_takes_its_place(aws, config):
    assert names(config) == []
    said = repr(set_budget(config, 10, "a@example.org"))
    assert said == f"<Budget {NAME}: $10 a month, a letter at 50 % and 100 % to a@example.org>"
    assert set_budget(config, 25.5).dollars == 25.5
    (budget,) = all_budgets(config)
    assert budget["BudgetLimit"]["Amount"] == "25.50" and budget["TimeUnit"] == "MONTHLY"


def test_the_inventory_has_it_until_it_is_deleted(aws, config):
    set_budget(config, 5)
    assert ["Budgets", "budget", NAME] in inventory(config).values.tolist()
    delete_budget(config, NAME)
    assert NAME not in inventory(config)["name"].tolist()


@pytest.mark.parametrize("dollars", [0, -1])
def test_no_budget_is_none(config, dollars):
    with pytest.raises(ValueError, match="above 0"):
        set_budget(config, dollars)
