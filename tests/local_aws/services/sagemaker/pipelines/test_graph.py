"""Steps wait for those that they depend on or refer to, and for the branch that they are in."""

import pytest

from local_aws.services.sagemaker.pipelines.graph import (
    Ready,
    circle,
    flat,
    is_handled,
    readiness,
)
from tests.local_aws.services.sagemaker.pipelines.definitions import (
    condition,
    equal,
    fail,
    get,
    step,
)


def steps(*bodies):
    return {each.name: each for each in flat(list(bodies))}


def test_a_step_needs_what_it_refers_to_and_depends_on():
    body = step("b", "Training", {"a": get("Steps.x.Y[0]")}, DependsOn=[
        "z", {"Step": "w", "Trigger": "Failed"}])  # fmt: skip
    [found] = flat([body])
    assert found.needs == {"x": "Completed", "z": "Completed", "w": "Failed"}


def test_steps_inside_a_condition_know_their_branch():
    inner = condition("inner", equal(1, 1), no=[fail("deep")])
    found = steps(condition("if", equal(1, 1), yes=[inner], no=[fail("other")]))
    assert [(each.name, each.parent, each.branch) for each in found.values()] == [
        ("if", None, None),
        ("inner", "if", True),
        ("deep", "inner", False),
        ("other", "if", False),
    ]


def test_steps_that_wait_for_one_another_are_told():
    assert circle(steps(fail("a", DependsOn=["b"]), fail("b", DependsOn=["a"]), fail("c"))) == [
        "a",
        "b",
    ]
    assert circle(steps(fail("a"), fail("b", DependsOn=["a"]))) == []


@pytest.mark.parametrize(
    ("trigger", "state", "ready"),
    [
        ("Completed", None, Ready.LATER),
        ("Completed", "Executing", Ready.LATER),
        ("Completed", "Succeeded", Ready.YES),
        ("Completed", "Failed", Ready.NO),
        ("Completed", "Never", Ready.NO),
        ("Failed", "Failed", Ready.YES),
        ("Failed", "Succeeded", Ready.NO),
        ("Stopped", "Stopped", Ready.YES),
        ("Any", "Failed", Ready.YES),
        ("Any", "Never", Ready.NO),
    ],
)
def test_a_trigger_says_which_end_lets_a_step_run(trigger, state, ready):
    found = steps(fail("a"), fail("b", DependsOn=[{"Step": "a", "Trigger": trigger}]))
    assert readiness(found["b"], {"a": state} if state else {}, {}) is ready


@pytest.mark.parametrize(
    ("states", "outcomes", "ready"),
    [
        ({}, {}, Ready.LATER),
        ({"if": "Succeeded"}, {"if": True}, Ready.YES),
        ({"if": "Succeeded"}, {"if": False}, Ready.NO),
        ({"if": "Failed"}, {}, Ready.NO),
    ],
)
def test_a_branch_waits_for_its_condition(states, outcomes, ready):
    found = steps(condition("if", equal(1, 1), yes=[fail("a")]))
    assert readiness(found["a"], states, outcomes) is ready


def test_a_failure_is_handled_by_a_step_that_ran_because_of_it():
    found = steps(fail("a"), fail("b", DependsOn=[{"Step": "a", "Trigger": "Failed"}]))
    assert is_handled("a", found, {"a": "Failed", "b": "Succeeded"})
    assert not is_handled("a", found, {"a": "Failed", "b": "Never"})
