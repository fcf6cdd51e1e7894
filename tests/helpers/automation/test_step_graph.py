"""The graph of a pipeline's steps, from definitions as the SDK writes them."""

import json

from helpers.automation.step_graph import read_graph


def refer(name: str) -> dict:
    return {"Get": f"Steps.{name}.ModelArtifacts.S3ModelArtifacts"}


def graph(*steps: dict) -> dict[str, tuple[tuple[str, ...], int, int]]:
    nodes = read_graph(json.dumps({"Version": "2020-12-01", "Steps": steps}))
    return {node.name: (node.after, node.column, node.row) for node in nodes}


def test_a_step_waits_for_what_it_depends_on_and_for_what_it_refers_to():
    a, b = {"Name": "A", "Type": "Training"}, {"Name": "B", "Type": "Processing"}
    b["Arguments"] = {"Inputs": [{"From": refer("A")}]}
    c = {"Name": "C", "Type": "Processing", "DependsOn": [{"Step": "B", "Trigger": "Any"}]}
    assert graph(a, b, c) == {"A": ((), 0, 0), "B": (("A",), 1, 0), "C": (("B",), 2, 0)}


def test_only_the_nearest_of_the_steps_before_has_a_line():
    b = {"Name": "B", "Type": "Processing", "DependsOn": ["A"]}
    c = {"Name": "C", "Type": "Processing", "DependsOn": ["B"], "Arguments": {"x": refer("A")}}
    assert graph({"Name": "A", "Type": "Training"}, b, c)["C"] == (("B",), 2, 0)


def test_a_branch_waits_for_its_condition_and_a_condition_for_what_it_compares():
    test = {
        "Name": "Good", "Type": "Condition",
        "Arguments": {
            "Conditions": [{"LeftValue": refer("A"), "RightValue": 1}],
            "IfSteps": [{"Name": "B", "Type": "Training"}],
            "ElseSteps": [{"Name": "Bad", "Type": "Fail", "Arguments": {"ErrorMessage": "no"}}],
        },
    }  # fmt: skip
    found = graph({"Name": "A", "Type": "Processing"}, test)
    assert found["Good"] == (("A",), 1, 0)
    assert found["B"] == (("Good",), 2, 0) and found["Bad"] == (("Good",), 2, 1)


def test_a_property_file_is_a_reference_to_its_step():
    read = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.A.PropertyFiles.found"}, "Path": "x"}}
    fail = {"Name": "F", "Type": "Fail", "Arguments": {"ErrorMessage": read}}
    assert graph({"Name": "A", "Type": "Processing"}, fail)["F"][0] == ("A",)
