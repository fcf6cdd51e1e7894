"""Starts the monitoring job for a baseline or a window, and reads what it left; draws nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.config import Config
from helpers.container_images import processing_image
from helpers.data_capture import FOLDER as CAPTURE
from helpers.data_capture import Window
from helpers.job_code import COURSE, course_input, put_once, ship_alone
from helpers.jobs import Job, wait
from helpers.monitoring.capture import label_line
from helpers.monitoring.documents import CHECKS, REPORT, STATISTICS, VIOLATIONS
from helpers.monitoring.observations import RIGHT
from helpers.s3 import S3Prefix, read_object
from helpers.session import client, pipeline_session, role_arn, sagemaker_session

if TYPE_CHECKING:
    from sagemaker.core.helper.session_helper import Session
    from sagemaker.core.processing import ScriptProcessor
    from sagemaker.core.shapes import ProcessingInput, ProcessingOutput

FOLDER, BASELINE, LABELS = "monitor", "baseline", "labels"
"""Kind of the keys, and names below it."""
NAMESPACE = "BirdsAndBins/Monitor"
SCHEDULE = "monitor"
"""Of the metrics: a job by hand and one of a schedule are of one series, which has one alarm."""
INSTANCE = "ml.m5.large"
WINDOW, MOST = 70, 400
"""Objects of a window, for which the constraints are, and of a split, which a baseline measures."""
_LOCAL = "/opt/ml/processing"
SCRIPT = "scripts_process/monitor.py"


@dataclass(frozen=True)
class Report:
    """What one window's monitoring job has found."""

    name: str
    place: str
    """S3 URI of its documents."""
    checks: list[dict] = field(repr=False)
    summary: dict = field(repr=False)
    job: Job = field(repr=False)

    def __repr__(self) -> str:
        fired = ", ".join(self.fired) or "nothing"
        return f"<Report {self.name}: {self.summary['window']} objects, fired: {fired}>"

    @property
    def fired(self) -> list[str]:
        """Return the names of the features whose checks fired, each once."""
        return list(dict.fromkeys(c["feature"] for c in self.checks if c["fired"]))

    @property
    def table(self) -> pd.DataFrame:
        """Return the comparisons, a row each."""
        columns = ["feature", "tells_of", "distance", "threshold", "fired", "power", "size"]
        rows = [check for check in self.checks if check["distance"] is not None]
        return pd.DataFrame(rows, columns=columns).set_index("feature")


def make_baseline(
    config: Config, model_data: str, *, window: int = WINDOW, most: int = MOST,
    instance_type: str = INSTANCE,
) -> tuple[Job, str]:  # fmt: skip
    """Run the job that observes the manifest's samples; return it and the place of its documents.

    Args:
        model_data: the archive of the model that the endpoint serves.
        window: objects of the window for which the constraints are.
        most: raw objects of a split that are measured.
    """
    place = baseline_place(config)
    shards, model = config.uri("shards"), f"{_LOCAL}/model"
    arguments = baseline_arguments(config, shards, model, window, most)
    inputs = [_input("model", model_data)]
    return _run(config, inputs, place, arguments, {}, instance_type), place


def baseline_place(config: Config) -> str:
    """Return the URI of the baseline with which monitoring jobs compare."""
    return config.uri(FOLDER, BASELINE)


def baseline_arguments(
    config: Config, shards: Any, model: str, window: int = WINDOW, most: int = MOST
) -> list:
    """Return the flags of monitor.py that make a baseline.

    Args:
        shards: URI of the shards, or a pipeline's reference to it.
        model: folder of the model's archive.
    """
    return [
        *("--dataset", config.dataset, "--shards", shards, "--raw", config.uri("raw")),
        *("--model", model, "--window", str(window), "--most", str(most)),
    ]


def watch(
    config: Config, endpoint: str, window: Window, name: str, *, labels: bool = False
) -> Report:
    """Run the job that compares a window of an endpoint's traffic with the baseline.

    It reads the window's hours from S3 by itself: an input would bring all that was ever captured.

    Args:
        name: of the report, a part of its place.
        labels: compare the answers with the labels that have come, too.
    """
    place = config.uri(FOLDER, endpoint, name)
    times = (window.start.isoformat(), window.end.isoformat())
    return report_of(config, _run(config, *_watching(config, endpoint, place, *times, labels)))


def watch_request(
    config: Config, endpoint: str, place: str, start: str, end: str, *, late: int = 0
) -> dict:
    """Return the request of a job like that of `watch`, without a name; start none.

    Args:
        place: S3 URI for its documents.
        start: of the window, a time or the duration before `end`.
        end: of the window, a time.
        late: seconds by which the window is earlier, since captured files come late.
    """
    from sagemaker.mlops.workflow.steps import ProcessingStep

    inputs, place, arguments, environment = _watching(config, endpoint, place, start, end)
    made = processor(config, environment, session=pipeline_session(config))
    arguments = [*arguments, "--late", str(late)]
    step = ProcessingStep("Watch", step_args=_begin(config, made, inputs, place, arguments))
    return step.arguments


def _watching(
    config: Config, endpoint: str, place: str, start: str, end: str, labels: bool = False
) -> tuple[list, str, list[str], dict[str, str]]:
    """Return inputs, place, arguments and environment of a job that watches an endpoint."""
    environment = {
        "dataset_format": json.dumps(
            {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}
        ),
        "dataset_source": config.uri(CAPTURE, endpoint),
        "output_path": f"{_LOCAL}/resultdata",
        "baseline_statistics": f"{_LOCAL}/{BASELINE}/{STATISTICS}",
        "publish_cloudwatch_metrics": "Disabled",
        "sagemaker_endpoint_name": endpoint,
        "sagemaker_monitoring_schedule_name": SCHEDULE,
        "start_time": start,
        "end_time": end,
    }
    inputs = [_input(BASELINE, f"{baseline_place(config)}/")]
    if labels:
        inputs.append(_input(LABELS, f"{config.uri(FOLDER, LABELS)}/"))
    return inputs, place, ["--dataset", config.dataset, "--namespace", NAMESPACE], environment


def report_of(config: Config, job: Job) -> Report:
    """Return the report that a monitoring job has left; its place's last part is its name."""
    [output] = job.description["ProcessingOutputConfig"]["Outputs"]
    place = output["S3Output"]["S3Uri"]
    summary = read_document(config, place, CHECKS)
    return Report(place.rpartition("/")[2], place, summary["checks"], summary, job)


def send_labels(config: Config, labels: Mapping[str, str], name: str) -> str:
    """Write true labels, by the requests' ids, where the monitoring job finds them."""
    folder = S3Prefix(client(config, "s3"), config.uri(FOLDER, LABELS))
    lines = [label_line(event, label) for event, label in labels.items()]
    folder.write(f"{name}.jsonl", "".join(f"{line}\n" for line in lines).encode())
    return f"{folder}/{name}.jsonl"


def read_document(config: Config, place: str, name: str) -> dict:
    """Return one of the JSON documents of a baseline or a report."""
    return json.loads(read_object(client(config, "s3"), f"{place}/{name}"))


def read_page(config: Config, report: Report) -> str:
    """Return a report's page for a person."""
    return read_object(client(config, "s3"), f"{report.place}/{REPORT}").decode()


def violations(config: Config, report: Report) -> pd.DataFrame:
    """Return a report's violations as Model Monitor words them."""
    columns = ["feature_name", "constraint_check_type", "description"]
    found = read_document(config, report.place, VIOLATIONS)["violations"]
    return pd.DataFrame(found, columns=columns)


def processor(
    config: Config, environment: Mapping[str, str], instance_type: str = INSTANCE,
    session: "Session | None" = None,
) -> "ScriptProcessor":  # fmt: skip
    """Return the processor of every monitoring job.

    Args:
        session: of the SDK; None for one that starts jobs.
    """
    from sagemaker.core.processing import ScriptProcessor

    return ScriptProcessor(
        role=role_arn(config),
        image_uri=processing_image(config),
        command=["python3"],
        instance_count=1,
        instance_type=instance_type,
        base_job_name=f"{config.name}-monitor",
        env={"PYTHONPATH": COURSE, **environment},
        sagemaker_session=session or sagemaker_session(config),
    )


def _run(
    config: Config, inputs: list, place: str, arguments: list[str], environment: dict[str, str],
    instance_type: str = INSTANCE,
) -> Job:  # fmt: skip
    made = processor(config, environment, instance_type)
    _begin(config, made, inputs, place, arguments)
    return wait(config, "ProcessingJob", made.latest_job.processing_job_name)


def _begin(
    config: Config, made: "ScriptProcessor", inputs: list, place: str, arguments: list[str]
) -> Any:
    """Start the job, or return what makes it a step where the processor's session is a pipeline's.

    The script has a place of its content: the same job is the same request at any time.
    """
    folder = put_once(config, ship_alone(SCRIPT))
    return made.run(
        code=f"{folder}{SCRIPT.rpartition('/')[2]}",
        inputs=[course_input(config), *inputs],
        outputs=[_output(place)],
        arguments=arguments,
        wait=False,
    )


def _input(name: str, uri: str) -> "ProcessingInput":
    """Return an input at the place that Model Monitor's contract has for it."""
    from sagemaker.core.shapes import ProcessingInput, ProcessingS3Input

    source = ProcessingS3Input(
        s3_uri=uri,
        local_path=f"{_LOCAL}/{name}",
        s3_data_type="S3Prefix",
        s3_input_mode="File",
    )
    return ProcessingInput(input_name=name, s3_input=source)


def _output(uri: str) -> "ProcessingOutput":
    from sagemaker.core.shapes import ProcessingOutput, ProcessingS3Output

    target = ProcessingS3Output(
        s3_uri=uri, local_path=f"{_LOCAL}/resultdata", s3_upload_mode="EndOfJob"
    )
    return ProcessingOutput(output_name="result", s3_output=target)


def late_labels(table: Mapping[str, Report]) -> pd.DataFrame:
    """Return accuracy and its interval of each report's window, beside what fired without labels.

    Args:
        table: reports that had labels, by window.
    """
    rows = {}
    for name, report in table.items():
        truth = report.summary["accuracy"]
        fired = [check["feature"] for check in report.checks if check["fired"]]
        rows[name] = {
            "fired without labels": ", ".join(f for f in dict.fromkeys(fired) if f != RIGHT),
            "labels": truth["labeled"],
            "accuracy": truth["share"],
            "low": truth["low"],
            "high": truth["high"],
            "costs accuracy": RIGHT in fired,
        }
    return pd.DataFrame.from_dict(rows, orient="index")
