"""Filters the records of requests, joins them with the answers, and numbers them; pure values.

Contract: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
The identities of inferences:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html
Left out: content types other than CSV and JSON, as on AWS.
"""

import csv
import io
import json
import uuid
from collections.abc import Iterable
from typing import Any

from local_aws.json_paths import ROOT, selector

CSV = "text/csv"
FORMS = {CSV: "csv", "application/json": "json", "application/jsonlines": "lines"}
DEFAULTS = {"InputFilter": ROOT, "OutputFilter": ROOT, "JoinSource": "None"}
INPUT, OUTPUT = "SageMakerInput", "SageMakerOutput"
IDENTITY, TIME = "SageMakerInferenceId", "SageMakerInferenceTime"


class Unfit(ValueError):
    """Records and answers can't be filtered or joined; the message says why."""


def form_of(content_type: str | None) -> str | None:
    """Return the form of records of a content type; None if they can't be read."""
    return FORMS.get((content_type or "").partition(";")[0].strip().lower())


class DataProcessing:
    """What a job does with its records.

    Args:
        config: DataProcessing of a request, with its defaults.
        form: that of the inputs.
        time: that of the job's start, for the identities of inferences; None gives none.

    Raises:
        ValueError: a path is not valid.
    """

    def __init__(self, config: dict, form: str | None, time: str | None):
        self._form, self._time, self._joins = form, time, config["JoinSource"] == "Input"
        self._select_input = selector(config["InputFilter"])
        self._select_output = selector(config["OutputFilter"])
        self._filters_input = config["InputFilter"] != ROOT
        self._changes = self._joins or config["OutputFilter"] != ROOT or time is not None

    def sent(self, body: bytes) -> bytes:
        """Return what the model gets of a request's records.

        Raises:
            Unfit: the filter finds nothing in a record, or the body is not in its form.
        """
        if not self._filters_input:
            return body
        return _write(_selected(self._select_input, _read(body, self._form)), self._form)

    def kept(self, body: bytes, answer: bytes, content_type: str) -> bytes:
        """Return what the job's output has of a request's answer.

        Args:
            body: the request's records, unfiltered.
            content_type: the answer's.

        Raises:
            Unfit: they can't be joined or filtered.
        """
        if not self._changes:
            return answer
        form = form_of(content_type) or self._form
        values = _read(answer, form)
        if self._joins:
            records = _read(body, self._form)
            if len(records) != len(values):
                raise Unfit(f"{len(records)} records have {len(values)} answers")
            if (form == "csv") != (self._form == "csv"):
                raise Unfit(f"inputs in CSV or JSON can't be joined with answers of {content_type}")
            values = [_joined(*pair, form) for pair in zip(records, values, strict=True)]
        values = _selected(self._select_output, values)
        if self._time is not None:
            values = [_numbered(value, form, self._time) for value in values]
        return _write(values, form)


def _read(data: bytes, form: str | None) -> list[Any]:
    """Return the records in a body."""
    if not form:
        raise Unfit("only CSV and JSON can be filtered, joined or numbered")
    try:
        text = data.decode()
        if form == "csv":
            return list(csv.reader(io.StringIO(text, newline="")))
        if form == "json":
            try:
                return [json.loads(text)]
            except json.JSONDecodeError:
                pass  # several records in a request: a line for each
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, csv.Error, RecursionError) as error:
        raise Unfit(f"it is not valid {form}: {error}") from error


def _write(values: Iterable[Any], form: str) -> bytes:
    """Return records as a body: a line for each, but a single JSON value without its end."""
    out = io.StringIO(newline="")
    if form == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows(value if isinstance(value, list) else [value] for value in values)
        return out.getvalue().encode()
    lines = [json.dumps(value) for value in values]
    end = "" if form == "json" and len(lines) == 1 else "\n"
    return ("\n".join(lines) + end).encode()


def _selected(select, values: list) -> list:
    try:
        return [select(value) for value in values]
    except (LookupError, TypeError) as error:
        raise Unfit(f"a record has no such part: {error}") from error


def _joined(record: Any, value: Any, form: str) -> Any:
    if form == "csv":
        return [*record, *value]
    if isinstance(record, dict):
        return {**record, OUTPUT: value}
    return {INPUT: record, OUTPUT: value}


def _numbered(value: Any, form: str, time: str) -> Any:
    identity = str(uuid.uuid4())
    if form == "csv":
        return [*(value if isinstance(value, list) else [value]), identity, time]
    fields = value if isinstance(value, dict) else {OUTPUT: value}
    return {**fields, IDENTITY: identity, TIME: time}
