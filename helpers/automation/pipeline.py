"""Builds the automatic pipeline of a data set, and creates or updates it; starts no execution.

Every parameter has a default: an event that starts an execution gives none.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from helpers.automation import steps
from helpers.automation.pipeline_roles import PipelineRoles, make_roles
from helpers.config import Config
from helpers.evaluation.report import COMPARISON
from helpers.roles import make_role, wait_until_seen
from helpers.session import pipeline_session

if TYPE_CHECKING:
    from sagemaker.mlops.workflow.condition_step import ConditionStep
    from sagemaker.mlops.workflow.pipeline import Pipeline

EPOCHS = 3
"""Passes over the data: the live model goes on learning, it does not begin anew."""
CANARY_SECONDS = 120
"""Two periods of the alarms that guard the update."""


def name_of(config: Config) -> str:
    """Return the name of a data set's pipeline."""
    return f"{config.name}-pipeline"


def build(config: Config, roles: PipelineRoles, *, put_functions: bool = True) -> "Pipeline":
    """Return the pipeline, and upload the code of its jobs.

    Args:
        put_functions: whether its definition, when it is asked for, puts its functions anew too.
    """
    from sagemaker.core.workflow.parameters import ParameterInteger
    from sagemaker.core.workflow.pipeline_definition_config import PipelineDefinitionConfig
    from sagemaker.mlops.workflow.pipeline import Pipeline

    session = pipeline_session(config)
    epochs = ParameterInteger("Epochs", default_value=EPOCHS)
    canary = ParameterInteger("CanarySeconds", default_value=CANARY_SECONDS)
    live = steps.live(config, session, roles, put=put_functions)
    explored = steps.explore(config, session, live)
    stored = steps.features(config, session)
    sharded = steps.shards(config, session, live, stored)
    trained = steps.train(config, session, epochs, live, sharded)
    evaluated = steps.evaluate(config, session, live, trained)
    registered = steps.register(config, session, trained, evaluated)
    deployed = steps.deploy(config, session, roles, canary, live, registered)
    watched = steps.baseline(config, session, trained, deployed)
    door = steps.gateway(config, session, roles, deployed, put=put_functions)
    scheduled = steps.schedule(config, session, roles, watched, put=put_functions)
    go_live = [registered, deployed, door, watched, scheduled]
    better = decision("NewIsBetter", evaluated, COMPARISON, "passes", "verdict", go_live)
    learn = [stored, sharded, trained, evaluated]
    fit = decision("NewDataIsFit", explored, steps.CHECKS, "passed", "reason", learn)
    return Pipeline(
        name=name_of(config),
        parameters=[epochs, canary],
        steps=[live, explored, fit, better],
        sagemaker_session=session,
        pipeline_definition_config=PipelineDefinitionConfig(use_custom_job_prefix=True),
    )


def decision(
    name: str, step: "steps.ProcessingStep", file: str, passes: str, why: str, then: list
) -> "ConditionStep":
    """Return a condition that goes on if a step's file says so, else fails with its reason."""
    from sagemaker.core.workflow.conditions import ConditionEquals
    from sagemaker.core.workflow.functions import Join
    from sagemaker.mlops.workflow.condition_step import ConditionStep
    from sagemaker.mlops.workflow.fail_step import FailStep

    reason = Join(on=" ", values=[f"{step.name}:", steps.found(step, file, why)])
    return ConditionStep(
        name=name,
        conditions=[ConditionEquals(left=steps.found(step, file, passes), right=True)],
        if_steps=then,
        else_steps=[FailStep(f"Not{name}", reason)],
    )


def put_pipeline(config: Config, roles: PipelineRoles | None = None) -> "Pipeline":
    """Create the pipeline of a data set, or update it, and return it.

    Args:
        roles: those that are there already; None makes them, or renews their permissions.
    """
    if roles is None:
        make_role(config)  # a role of an earlier version of the course lacks what new steps need
        roles = make_roles(config)
        if not config.account.role_arn:
            wait_until_seen(config, roles.pipeline.rpartition("/")[2])
    with quiet():
        pipeline = build(config, roles)
        pipeline.upsert(role_arn=roles.pipeline)
    return pipeline


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the SDK's logs: it tells of each default that it applies to each step."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
