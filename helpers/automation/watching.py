"""Shows an execution of a pipeline while it runs, as a picture that changes; starts none."""

import math
import time

import matplotlib.pyplot as plt
from IPython.display import display

from helpers.automation.diagram import draw
from helpers.automation.executions import (
    ENDED,
    Execution,
    described,
    pass_deployment,
    words_of,
)
from helpers.automation.step_graph import read_graph
from helpers.config import Config
from helpers.session import client
from helpers.waiting import until

PAUSE_SECONDS = 2.0
"""Between two pictures at least: to draw one takes half a second of the cores that the jobs use."""


def watch(config: Config, arn: str) -> Execution:
    """Wait for the end of an execution, whatever it is, and return it; an interrupt leaves it.

    The picture under the cell is drawn again when steps begin or end. The last one stays.
    While the endpoint is updated, time passes as in `executions.ended`.

    Raises:
        NotTold: its state can't be asked for; the message says what to do.
    """
    definition = client(config, "sagemaker").describe_pipeline_definition_for_execution(
        PipelineExecutionArn=arn
    )["PipelineDefinition"]
    graph = read_graph(definition)
    shown = display(display_id=True)
    last: dict[str, object] = {}
    drawn = -math.inf

    def read() -> dict[str, Execution]:
        nonlocal drawn
        execution = described(config, arn)
        state = {"status": execution.status, "steps": execution.steps.to_dict("list")}
        is_due = execution.status in ENDED or time.monotonic() - drawn > PAUSE_SECONDS
        if state != last and is_due:
            last.update(state)
            drawn = time.monotonic()
            figure = draw(graph, execution.steps, title=f"{execution.id}: {execution.status}")
            shown.update(figure)
            plt.close(figure)
        pass_deployment(config, execution)
        return {"execution": execution}

    return until(
        read,
        lambda answer: answer["execution"].status in ENDED,
        name=arn.rpartition("/")[2],
        words=lambda answer: words_of(answer["execution"]),
        pause=config.poll_seconds,
    )["execution"]
