"""The program inside an invocation writes the handler's result, or its error."""

import json
import subprocess
import sys

from local_aws.services.functions.invocation import BOOTSTRAP


def run(folder, text, event):
    (folder / "code_of_f.py").write_text(text)
    (folder / "event.json").write_text(json.dumps(event))
    (folder / "context.json").write_text(json.dumps({"timeout": 3, "function_name": "f"}))
    command = [sys.executable, "-P", str(BOOTSTRAP), str(folder), "code_of_f.handle"]
    subprocess.run(command, check=True, env={"PYTHONPATH": str(folder)}, capture_output=True)
    return json.loads((folder / "answer.json").read_text())


def test_a_result_is_json(tmp_path):
    text = "def handle(event, context):\n    return {context.function_name: event}\n"
    assert json.loads(run(tmp_path, text, [1])["result"]) == {"f": [1]}


def test_an_error_has_its_lines(tmp_path):
    error = run(tmp_path, "def handle(event, context):\n    return 1 / 0\n", None)["error"]
    assert (error["errorType"], error["errorMessage"]) == ("ZeroDivisionError", "division by zero")
    assert "line 2, in handle" in error["stackTrace"][0]


def test_a_result_that_is_no_json_is_an_error(tmp_path):
    error = run(tmp_path, "def handle(event, context):\n    return {1, 2}\n", None)["error"]
    assert error["errorType"] == "TypeError"
