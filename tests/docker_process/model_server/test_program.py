"""A model's four functions are called as AWS's toolkit does, and what they raise is worded."""

from pathlib import Path

import pytest

FUNCTIONS = """
def model_fn(model_dir):
    return model_dir

def input_fn(body, content_type):
    return body, content_type

def predict_fn(data, model):
    return [*map(repr, data), model]

def output_fn(prediction, accept):
    return str(prediction), accept
"""


@pytest.fixture
def make(tmp_path):
    """Return a function that loads a program of some text."""
    from model_server.program import Program

    def make(text=FUNCTIONS, name="made_program.py"):
        (tmp_path / name).write_text(text)
        return Program(Path("/m"), tmp_path, name)

    return make


@pytest.mark.parametrize(
    "kind, data",
    [
        ("image/jpeg", "b'{}'"),
        ("application/json", "'{}'"),
        ("text/csv; charset=utf-8", "'{}'"),
        ("", "b'{}'"),
    ],
)
def test_text_comes_decoded_and_all_else_as_bytes(make, kind, data):
    answer = make().answer(b"{}", {"content-type": kind, "accept": "a/b"})
    assert eval(answer.body) == [data, repr(kind), "/m"]
    assert (answer.status, answer.content_type) == (200, "a/b")


def test_text_that_is_none_is_the_clients_error(make):
    answer = make().answer(b"\xff", {"content-type": "text/csv"})
    assert answer.status == 400 and b"no UTF-8" in answer.body


def test_an_answer_without_a_type_is_of_the_one_that_was_asked_for(make):
    text = FUNCTIONS.replace("str(prediction), accept", "b'x'")
    answer = make(text).answer(b"", {"accept": "a/b"})
    assert (answer.body, answer.content_type) == (b"x", "a/b")


def test_a_function_that_takes_the_context_reads_and_writes_headers(make):
    text = FUNCTIONS.replace("(data, model)", "(data, model, context)").replace(
        "    return [*map",
        "    got = context.get_request_header(0, 'X-Amzn-SageMaker-Custom-Attributes')\n"
        "    context.set_response_header(0, 'X-Amzn-SageMaker-Custom-Attributes', got + '!')\n"
        "    return [*map",
    )
    answer = make(text).answer(b"", {"x-amzn-sagemaker-custom-attributes": "trace=1"})
    assert answer.headers == {"X-Amzn-SageMaker-Custom-Attributes": "trace=1!"}


@pytest.mark.parametrize(
    "raised, status, body",
    [
        ("HTTPException(415, 'Send a photo')", 415, "Send a photo"),
        ("GenericInferenceToolkitError(406, 'JSON only')", 406, "JSON only"),
        ("HTTPException(503, 'Later')", 503, "HTTPException: Later"),
        ("KeyError('label')", 500, "KeyError: 'label'"),
        ("OSError('/opt/ml/model/x')", 500, "OSError: /opt/ml/model/x"),
    ],
)
def test_an_error_is_its_own_status_or_the_servers(make, capfd, raised, status, body):
    imports = (
        "from starlette.exceptions import HTTPException\n"
        "from sagemaker_inference.errors import GenericInferenceToolkitError\n"
    )
    text = imports + FUNCTIONS.replace("    return [*map", f"    raise {raised}\n    return [*map")
    answer = make(text).answer(b"", {})
    assert (answer.status, answer.body.decode(), answer.content_type) == (
        status,
        body,
        "text/plain",
    )
    printed = "".join(capfd.readouterr())
    assert ("Traceback" in printed) == (status >= 500) and body.split(": ")[-1] in printed


def test_a_program_that_lacks_functions_names_them(make):
    with pytest.raises(AttributeError, match="has no input_fn, output_fn"):
        make("def model_fn(d): pass\ndef predict_fn(d, m): pass")


def test_half_a_character_in_an_errors_text_ends_nothing(make):
    text = FUNCTIONS.replace("    return [*map", "    raise ValueError(data[0])\n    return [*map")
    text = text.replace("return body,", "return __import__('json').loads(body),")
    answer = make(text).answer(rb'"\ud800"', {"content-type": "application/json"})
    assert (answer.status, answer.body) == (500, rb"ValueError: \ud800")


@pytest.mark.parametrize("kind, status", [("Kind.TEXT", 200), ("None", 500), ("b'text/csv'", 500)])
def test_an_answers_content_type_is_text_and_of_no_class_of_the_models(make, kind, status):
    text = "import enum\nclass Kind(str, enum.Enum):\n    TEXT = 'text/csv'\n" + FUNCTIONS
    answer = make(text.replace("prediction), accept", f"prediction), {kind}")).answer(b"", {})
    assert (answer.status, type(answer.content_type)) == (status, str)
    assert status == 500 or answer.content_type == "text/csv"
