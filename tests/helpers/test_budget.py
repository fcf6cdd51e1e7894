"""A budget is set once, replaced by the next one, and deleted with all else."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from helpers.account_settings import read_settings
from helpers.budget import (
    NAME,
    TWIN,
    all_budgets,
    current,
    delete_budget,
    names,
    set_budget,
    set_wanted,
)
from helpers.inventory import inventory
from local_aws.control import Fault, set_faults


def test_it_is_set_and_the_next_one_takes_its_place(aws, config):
    assert names(config) == []
    said = repr(set_budget(config, 10, "a@example.org"))
    assert said == f"<Budget {NAME}: $10 a month, a letter at 50 % and 100 % to a@example.org>"
    assert set_budget(config, 25.5).dollars == 25.5
    (budget,) = all_budgets(config)
    assert budget["BudgetLimit"]["Amount"] == "25.50" and budget["TimeUnit"] == "MONTHLY"


def test_the_older_budget_stays_where_the_new_one_is_refused(aws, config):
    set_budget(config, 10)
    set_faults(aws.context, [Fault("denied", "budgets", "CreateBudget")])
    with pytest.raises(ClientError, match="CreateBudget"):
        set_budget(config, 25)
    set_faults(aws.context, [])
    (budget,) = all_budgets(config)
    assert (budget["BudgetName"], budget["BudgetLimit"]["Amount"]) == (NAME, "10.00")


def test_a_change_that_was_cut_off_is_completed_by_the_next_one(aws, config):
    set_budget(config, 10)
    set_faults(aws.context, [Fault("denied", "budgets", "DeleteBudget")])
    with pytest.raises(ClientError, match="DeleteBudget"):
        set_budget(config, 25)
    set_faults(aws.context, [])
    assert names(config) == [NAME, TWIN]
    assert set_budget(config, 30).dollars == 30
    (budget,) = all_budgets(config)
    assert budget["BudgetLimit"]["Amount"] == "30.00"


def test_the_inventory_has_it_until_it_is_deleted(aws, config):
    set_budget(config, 5)
    assert ["Budgets", "budget", NAME] in inventory(config).values.tolist()
    delete_budget(config, NAME)
    assert NAME not in inventory(config)["name"].tolist()


def test_a_variable_sets_one_and_without_it_nothing_is_asked(aws, config):
    assert set_wanted(config) is None and current(config) is None
    wanted = replace(config, account=read_settings({"COURSE_BUDGET": "7.50,a@example.org"}))
    made = set_wanted(wanted)
    assert (made.dollars, made.letters) == (7.5, "a@example.org") and current(wanted) == made


@pytest.mark.parametrize("value", ["0", "-5", "five", "5,", "5,nobody", "5 dollars"])
def test_a_variable_that_is_no_limit_is_refused(value):
    with pytest.raises(ValueError, match="COURSE_BUDGET.*5,me@example.org"):
        read_settings({"COURSE_BUDGET": value})


@pytest.mark.parametrize("dollars", [0, -1])
def test_no_budget_is_none(config, dollars):
    with pytest.raises(ValueError, match="above 0"):
        set_budget(config, dollars)
