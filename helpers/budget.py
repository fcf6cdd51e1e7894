"""A monthly limit for the account's bill, as an AWS Budget that writes a letter; spends nothing.

https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create.html
AWS compares with its own bill, some hours late, and stops nothing. A budget counts all that the
account spends, not the course alone. On the local AWS nothing is billed, so no budget is reached.
"""

from dataclasses import dataclass

from helpers.config import PROJECT, Config
from helpers.session import client

NAME = f"{PROJECT}-budget"
TWIN = f"{NAME}-2"
"""The name of the next budget while there is one of the other name: a limit is always there."""
SHARES = (50.0, 100.0)
"""Percent of the limit at which a letter is written."""


@dataclass(frozen=True)
class Budget:
    """A monthly limit."""

    dollars: float
    letters: str = ""
    """The address that AWS writes to; "" for none."""
    name: str = NAME

    def __repr__(self) -> str:
        at = " and ".join(f"{share:.0f} %" for share in SHARES)
        to = f"a letter at {at} to {self.letters}" if self.letters else "no letters"
        return f"<Budget {self.name}: ${self.dollars:g} a month, {to}>"


def set_budget(config: Config, dollars: float, letters: str = "") -> Budget:
    """Set the limit, then delete an older one, and return it as AWS has it.

    Where AWS refuses the new one, the older one stays.

    Args:
        letters: the address that AWS writes to at half of the limit and at all of it.

    Raises:
        ValueError: the limit is not above 0.
    """
    if not dollars > 0:
        raise ValueError(f"A budget must be above 0 dollars: {dollars}")
    account, budgets = account_number(config), client(config, "budgets")
    older = names(config)
    if len(older) > 1:  # the last change was cut off between its two halves
        delete_budget(config, older.pop())
    name = TWIN if NAME in older else NAME
    budgets.create_budget(
        AccountId=account,
        Budget={
            "BudgetName": name,
            "BudgetLimit": {"Amount": f"{dollars:.2f}", "Unit": "USD"},
            "TimeUnit": "MONTHLY",
            "BudgetType": "COST",
        },
        NotificationsWithSubscribers=[_notice(share, letters) for share in SHARES if letters],
    )
    for each in older:
        delete_budget(config, each)
    (limit,) = [each["BudgetLimit"] for each in all_budgets(config) if each["BudgetName"] == name]
    return Budget(float(limit["Amount"]), letters, name)


def _notice(share: float, letters: str) -> dict:
    """Return a letter at a share of the limit that is really spent."""
    return {
        "Notification": {
            "NotificationType": "ACTUAL",
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": share,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [{"SubscriptionType": "EMAIL", "Address": letters}],
    }


def account_number(config: Config) -> str:
    """Return the caller's account."""
    return client(config, "sts").get_caller_identity()["Account"]


def all_budgets(config: Config) -> list[dict]:
    """Return the account's budgets."""
    pages = client(config, "budgets").get_paginator("describe_budgets")
    found = [page.get("Budgets", []) for page in pages.paginate(AccountId=account_number(config))]
    return [each for page in found for each in page]


def names(config: Config) -> list[str]:
    """Return the names of the course's budgets, sorted: one, or two while one is changed."""
    listed = [each["BudgetName"] for each in all_budgets(config)]
    return sorted(name for name in listed if name in (NAME, TWIN))


def delete_budget(config: Config, name: str) -> None:
    """Delete a budget."""
    client(config, "budgets").delete_budget(AccountId=account_number(config), BudgetName=name)


def set_wanted(config: Config) -> Budget | None:
    """Set the limit that COURSE_BUDGET names; without that variable, ask and set nothing."""
    if not config.account.budget:
        return None
    dollars, _, letters = config.account.budget.partition(",")
    return set_budget(config, float(dollars), letters)


def current(config: Config) -> Budget | None:
    """Return the course's budget as AWS has it, with the address that was set; None without one."""
    limits = {each["BudgetName"]: each["BudgetLimit"] for each in all_budgets(config)}
    letters = (config.account.budget or "").partition(",")[2]
    own = names(config)
    return Budget(float(limits[own[-1]]["Amount"]), letters, own[-1]) if own else None
