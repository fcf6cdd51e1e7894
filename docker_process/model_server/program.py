"""A model's own four functions, called as AWS's toolkit does; knows no process and no HTTP.

    model_fn(model_dir) -> model
    input_fn(body, content_type) -> data
    predict_fn(data, model) -> prediction
    output_fn(prediction, accept) -> answer, or (answer, its content type)

One that takes an argument more gets the request's context.
"""

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType

NAMES = ("model_fn", "input_fn", "predict_fn", "output_fn")
TEXT = ("application/json", "text/csv")
"""Types whose body the toolkit decodes."""
ATTRIBUTES = "x-amzn-sagemaker-custom-attributes"


@dataclass
class Answer:
    """What one request is answered with."""

    status: int
    body: bytes
    content_type: str = "text/plain"
    headers: dict[str, str] = field(default_factory=dict)


class Context:
    """One request's headers and its answer's, under the names of AWS's toolkit.

    Args:
        headers: by their names in small letters.
    """

    def __init__(self, headers: Mapping[str, str]):
        self._headers, self.answered = headers, {}

    def get_request_header(self, place: int, name: str) -> str | None:
        """Return a header of the request: there is one request, the 0th."""
        return self._headers.get(name.lower())

    def set_response_header(self, place: int, name: str, value: str) -> None:
        """Give the answer a header, such as X-Amzn-SageMaker-Custom-Attributes."""
        self.answered[name] = value


class Program:
    """The functions of one model, which is loaded here.

    Args:
        code: the folder that is put on Python's path.

    Raises:
        FileNotFoundError: there is no such program.
        AttributeError: it lacks one of the functions.
    """

    def __init__(self, model: Path, code: Path, program: str):
        module = _load(code, program)
        if missing := [name for name in NAMES if not callable(getattr(module, name, None))]:
            raise AttributeError(f"{program} has no {', '.join(missing)}")
        self._input, self._predict, self._output = (getattr(module, name) for name in NAMES[1:])
        self._model = _call(module.model_fn, Context({}), str(model))

    def answer(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Answer one request; what goes wrong is in the log and, without its traceback, here.

        Args:
            headers: by their names in small letters.
        """
        context = Context(headers)
        accept = headers.get("accept") or "*/*"
        try:
            kind = headers.get("content-type", "")
            data = _call(self._input, context, _decoded(body, kind), kind)
            prediction = _call(self._predict, context, data, self._model)
            made = _call(self._output, context, prediction, accept)
            answer, kind = made if isinstance(made, tuple) else (made, accept)
            body = answer.encode() if isinstance(answer, str) else bytes(answer)
            headers = {_plain(name): _plain(value) for name, value in context.answered.items()}
            return Answer(200, body, _plain(kind), headers)
        except Exception as error:
            return _refusal(error)


def _load(code: Path, program: str) -> ModuleType:
    path = code / program
    if not path.is_file():
        raise FileNotFoundError(f"The model has no program {path}")
    sys.path.insert(0, str(code))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _call(function: Callable, context: Context, *arguments: object) -> object:
    wants_context = _parameters(function) == len(arguments) + 1
    return function(*arguments, *([context] if wants_context else []))


@cache
def _parameters(function: Callable) -> int:
    """Return how many a function has; to look costs a request a tenth of a millisecond."""
    return len(inspect.signature(function).parameters)


def _decoded(body: bytes, content_type: str) -> bytes | str:
    if content_type.partition(";")[0].strip().lower() not in TEXT:
        return body
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Undecodable(f"The body is no UTF-8, but {content_type}: {error}") from error


def _plain(text: object) -> str:
    """Return a text without a class of the model's code: the server could not read that one.

    Raises:
        TypeError: it is no text.
    """
    if not isinstance(text, str):
        raise TypeError(f"Headers and content types are texts, not {text!r}")
    return str.__str__(text)


class Undecodable(ValueError):
    """A body that says to be text and is none."""

    status_code = 400


def _refusal(error: Exception) -> Answer:
    """Return what an exception is answered with.

    Those that have a status of their own (Starlette's, the toolkit's) name what the client did;
    any other is the server's error.
    """
    status = getattr(error, "status_code", 500)
    status = int(status) if isinstance(status, int) and 400 <= status < 600 else 500
    reason = getattr(error, "detail", None) or getattr(error, "message", None) or str(error)
    # JSON's "\\ud800" is half a character, which no output takes.
    reason = str(reason).encode(errors="backslashreplace").decode()
    if status < 500:
        print(f"Refused ({status}): {reason}", flush=True)
        return Answer(status, reason.encode())
    traceback.print_exception(error)
    return Answer(status, f"{type(error).__name__}: {reason}".encode())
