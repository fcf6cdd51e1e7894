"""Workflows and triggers are listed with the course's tag, and go without those of others."""

from helpers.glue_workflows import make_workflow
from helpers.resources import workflows


def test_workflows_and_triggers_are_listed_with_their_tag_and_deleted(client, config):
    make_workflow(config, "curate", "birds-and-bins-birds-etl")
    glue = client("glue")
    glue.create_workflow(Name="mine")
    glue.create_trigger(
        Name="mine", WorkflowName="mine", Type="EVENT", Actions=[{"JobName": "other"}]
    )
    for kind in workflows.KINDS:
        (own,) = kind.own(config)
        assert own.name == "birds-and-bins-birds-curate"
        assert kind.tags(config, own) == {"course": "birds-and-bins"}
        kind.delete(config, own.name)
        assert not list(kind.find(config))
    assert glue.list_workflows()["Workflows"] == ["mine"]
    assert [trigger["Name"] for trigger in glue.get_triggers()["Triggers"]] == ["mine"]
