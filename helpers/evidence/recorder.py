"""Records each call by botocore's events; changes no call and never fails one."""

import itertools
import logging
import secrets
import threading
import time
from collections.abc import Mapping
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any

import botocore
import botocore.exceptions
from botocore.model import OperationModel

from helpers.evidence.journal import Journal
from helpers.evidence.names import Names
from helpers.evidence.published import vocabulary
from helpers.evidence.texts import Texts
from helpers.evidence.trees import Trees

LOG = logging.getLogger(__name__)
CONTEXT = "course_transcript"
"""Name of a call's record in the context that botocore passes from event to event."""
VERSION = 1


def _harmless(method):
    """Make a method that tells of its first failure, and lets no failure out."""

    @wraps(method)
    def call(self, **event: Any) -> None:
        try:
            method(self, **event)
        except Exception as error:
            self.fail(error)

    return call


class Recorder:
    """Writes the calls of the clients of a session into a journal.

    What it does not see: clients that are made of other sessions (the SageMaker SDK makes some),
    members of an answer that botocore's model does not have, HTTP headers, and the calls of jobs.
    """

    def __init__(self, path: Path, run: Mapping[str, Any]):
        """Prepare the journal.

        Args:
            run: what the first record says of the run; its values are the course's own words.
        """
        self._journal = Journal(path)
        versions = {"botocore": botocore.__version__, "sagemaker": version("sagemaker")}
        self._run = {**run, "version": VERSION, **versions}
        self._process = secrets.token_hex(2)
        self._numbers = itertools.count(1)
        self._started = time.monotonic()
        self._texts: Texts | None = None
        self._lock = threading.Lock()
        self._told = False

    def attach(self, events: Any) -> None:
        """Listen to a session's events: clients that are made from now on are heard."""
        try:
            self._texts = Texts(Names(self._journal.key()))
            self._journal.append({"process": self._process, "run": self._run})
        except (OSError, ValueError) as error:
            self.fail(error)
            return
        # First, before other listeners add to the parameters that the course gave.
        events.register_first("before-parameter-build", self._begin)
        events.register("needs-retry", self._attempt)
        events.register("after-call", self._end)
        events.register("after-call-error", self._break)

    def fail(self, error: Exception) -> None:
        """Say once why the transcript is not whole; after a failure of the disk write no more."""
        with self._lock:
            told, self._told = self._told, True
            if isinstance(error, OSError):
                self._texts = None
        if not told:
            LOG.warning(
                "The transcript is not whole: %s; the course goes on", error or type(error).__name__
            )

    @_harmless
    def _begin(self, *, params: dict, model: OperationModel, context: dict, **_: Any) -> None:
        if self._texts is None:
            return
        service = model.service_model.service_name
        trees = Trees(self._texts, vocabulary(service))
        context[CONTEXT] = {
            "record": {
                "process": self._process,
                "call": next(self._numbers),
                "at": round(time.monotonic() - self._started, 2),
                "service": service,
                "operation": model.name,
                "request": trees.tree(params, model.input_shape) if model.input_shape else {},
            },
            "names": frozenset(_strings(params, vocabulary(service).names)),
            "begun": time.monotonic(),
            "attempts": [],
        }

    @_harmless
    def _attempt(
        self, *, request_dict: dict, response: Any, caught_exception: Any, operation: Any, **_: Any
    ) -> None:
        call = request_dict["context"].get(CONTEXT)
        if not call:
            return
        if response is None:
            call["attempts"].append({"exception": _exception(caught_exception)})
            return
        http, parsed = response
        words = vocabulary(operation.service_model.service_name)
        attempt = {"status": http.status_code}
        if code := str(parsed.get("Error", {}).get("Code", "")):
            attempt["code"] = code if words.is_code(code) else "?"
        call["attempts"].append(attempt)

    @_harmless
    def _end(
        self, *, http_response: Any, parsed: dict, model: OperationModel, context: dict, **_: Any
    ) -> None:
        if not (call := context.pop(CONTEXT, None)) or self._texts is None:
            return
        words = vocabulary(model.service_model.service_name)
        trees = Trees(self._texts, words)
        status = http_response.status_code
        result: dict[str, Any] = {"status": status}
        if status < 300:
            result["answer"] = trees.tree(parsed, model.output_shape) if model.output_shape else {}
        else:
            error = parsed.get("Error", {})
            code, message = str(error.get("Code", "")), str(error.get("Message", ""))
            shape = model.service_model.shape_for_error_code(code)
            result["code"] = code if words.is_code(code) else "?"
            result["message"] = self._texts.message(message, words, call["names"])
            result["error"] = trees.tree(parsed, shape) if shape else {}
        self._write(call, result)

    @_harmless
    def _break(self, *, exception: Exception, context: dict, **_: Any) -> None:
        if (call := context.pop(CONTEXT, None)) and self._texts is not None:
            self._write(call, {"exception": _exception(exception)})

    def _write(self, call: dict, result: dict) -> None:
        record = {**call["record"], **result}
        record["seconds"] = round(time.monotonic() - call["begun"], 3)
        if len(call["attempts"]) > 1:
            record["retried"] = call["attempts"][:-1]
        self._journal.append(record)


def _exception(error: Exception | None) -> str:
    """Return an exception's name where botocore defines it."""
    name = type(error).__name__
    return name if getattr(botocore.exceptions, name, None) is type(error) else "other"


def _strings(value: Any, members: set[str]) -> set[str]:
    """Return all strings in a request but the names of its members, in lower case."""
    if isinstance(value, str):
        return {value.lower()}
    if isinstance(value, dict):
        value = [*(set(value) - members), *value.values()]
    if not isinstance(value, list | tuple):
        return set()
    return set().union(*(_strings(item, members) for item in value))
