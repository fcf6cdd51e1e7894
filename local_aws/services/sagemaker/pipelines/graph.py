"""The graph of a pipeline's steps: what each waits for, and when it may run; knows no kind of step.

A step waits for those that it depends on or refers to, and a step inside a condition for that
condition. By default it runs once they have succeeded; a trigger in `DependsOn` says otherwise. To
depend on a condition waits for its outcome alone, not for the steps inside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from local_aws.services.sagemaker.pipelines.references import INNER, paths

RUNNING = ("Starting", "Executing", "Stopping")
NEVER = "Never"
"""Of a step that will not run in this execution; AWS lists no such step."""
TRIGGERS = {
    "Completed": ("Succeeded",),
    "Failed": ("Failed",),
    "Stopped": ("Stopped",),
    "Any": ("Succeeded", "Failed", "Stopped"),
}
"""The statuses of a step that let another one run, by the trigger."""


class Ready(Enum):
    """Whether a step may run."""

    YES, LATER, NO = "yes", "later", "no"


@dataclass(frozen=True)
class Step:
    """A step of a definition, and the branch of a condition that it is in."""

    name: str
    type: str
    body: dict
    parent: str | None = None
    branch: bool | None = None

    @property
    def arguments(self) -> dict:
        """Return the step's arguments, without the steps inside it."""
        given = self.body.get("Arguments") or {}
        return {name: value for name, value in given.items() if name not in INNER}

    @property
    def needs(self) -> dict[str, str]:
        """Return the steps that this one waits for, each with the trigger."""
        others = {
            path.split(".")[1]: "Completed"
            for path in paths([self.arguments, self.body.get("FunctionArn")])
            if path.startswith("Steps.")
        }
        for each in self.body.get("DependsOn") or []:
            is_name = isinstance(each, str)
            others[each if is_name else each["Step"]] = (
                "Completed" if is_name else each.get("Trigger", "Completed")
            )
        return others


def flat(bodies: list[dict], parent: str | None = None, branch: bool | None = None) -> list[Step]:
    """Return the steps of a list, and those inside its conditions."""
    steps = []
    for body in bodies:
        steps.append(Step(body["Name"], body["Type"], body, parent, branch))
        given = body.get("Arguments") or {}
        for name in INNER if body["Type"] == "Condition" else ():
            steps += flat(given.get(name) or [], body["Name"], name == "IfSteps")
    return steps


def circle(steps: Mapping[str, Step]) -> list[str]:
    """Return the names of steps that wait for one another; none where all can run."""
    left = dict(steps)
    while free := [name for name, step in left.items() if not _before(step) & left.keys()]:
        for name in free:
            del left[name]
    return sorted(left)


def _before(step: Step) -> set[str]:
    return {*step.needs, *([step.parent] if step.parent else [])}


def readiness(step: Step, states: Mapping[str, str], outcomes: Mapping[str, bool]) -> Ready:
    """Say whether a step may run.

    Args:
        states: the statuses of the steps that have one, `NEVER` among them.
        outcomes: the results of the conditions that have succeeded.
    """
    is_later = False
    if step.parent is not None:
        state = states.get(step.parent)
        if step.parent in outcomes and outcomes[step.parent] != step.branch:
            return Ready.NO
        if state in ("Failed", "Stopped", NEVER):
            return Ready.NO
        is_later = step.parent not in outcomes
    for name, trigger in step.needs.items():
        state = states.get(name)
        if state is None or state in RUNNING:
            is_later = True
        elif state not in TRIGGERS[trigger]:
            return Ready.NO
    return Ready.LATER if is_later else Ready.YES


def is_handled(failed: str, steps: Mapping[str, Step], states: Mapping[str, str]) -> bool:
    """Say whether a step ran because another one had failed."""
    return any(
        step.needs.get(failed) in ("Failed", "Any", "Stopped") and states.get(name) == "Succeeded"
        for name, step in steps.items()
    )
