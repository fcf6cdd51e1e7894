"""A condition takes one branch, and a Fail step ends the execution with its message."""

from tests.local_aws.services.sagemaker.pipelines.definitions import condition, equal, fail


def test_only_the_steps_of_the_chosen_branch_run(pipelines):
    arn, shown = pipelines.run(
        condition("if", equal(1, 1), equal(1, 2), yes=[fail("yes")], no=[fail("no", "else")]),
    )
    assert shown["FailureReason"] == "else"
    assert pipelines.statuses(arn) == {"if": "Succeeded", "no": "Failed"}
    assert pipelines.steps(arn)["no"]["Metadata"] == {"Fail": {"ErrorMessage": "else"}}


def test_all_steps_of_a_branch_that_is_not_chosen_are_left_out(pipelines):
    inner = condition("inner", equal(1, 1), yes=[fail("deep")])
    arn, shown = pipelines.run(condition("if", equal(1, 2), yes=[inner]))
    assert shown["PipelineExecutionStatus"] == "Succeeded"
    assert pipelines.statuses(arn) == {"if": "Succeeded"}
