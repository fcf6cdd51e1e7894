"""Runs one invocation of a function as a process of its own; keeps no function.

Each invocation is a cold start. Its clients sign with keys of the function's role, whose requests
to S3 are held to that role's policies.
"""

import base64
import json
import shutil
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from local_aws.instances.container import Container
from local_aws.instances.group import Group, Instance
from local_aws.instances.log_streams import LogWriter
from local_aws.parts import Parts
from local_aws.services.functions.code import folder_of, python_of
from local_aws.state import paths

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
PREFIX = "function-"
"""Of the folders of invocations, among those of instances."""
TAIL = 4096
"""Bytes of the log that an answer may have."""


@dataclass(frozen=True)
class Result:
    """What an invocation answers.

    Attributes:
        error: AWS's word for a failure; None where the handler returned.
    """

    payload: bytes
    error: str | None
    log: str

    def tail(self) -> str:
        """Return the end of the log in base64."""
        return base64.b64encode(self.log.encode()[-TAIL:]).decode()


def invoke(parts: Parts, function: dict, event: bytes, group: Group) -> Result:
    """Run a function's handler on an event, and wait for it.

    Args:
        group: runs the process; stop it to end the invocation.
    """
    id_, name = str(uuid.uuid4()), function["FunctionName"]
    container = Container(paths.child(parts.context.state / "instances", f"{PREFIX}{id_}"), "λ")
    key, secret = parts.keys.issue(function["Role"])
    began, lines = time.monotonic(), [f"START RequestId: {id_} Version: $LATEST"]
    try:
        instance = _instance(parts, function, event, container, id_, (key, secret))
        timeout = function["Timeout"]
        outcome = group.run(
            [instance], timeout, lambda _, line: lines.append(container.outward(line))
        )
        answer = container.root / "answer.json"
        made = json.loads(answer.read_text()) if answer.exists() else {}
    finally:
        parts.keys.revoke(key)
        shutil.rmtree(container.root, ignore_errors=True)
    milliseconds = (time.monotonic() - began) * 1000
    words = f"Duration: {milliseconds:.2f} ms Memory Size: {function['MemorySize']} MB"
    lines += [f"END RequestId: {id_}", f"REPORT RequestId: {id_} {words}"]
    stream = f"{parts.clock.now():%Y/%m/%d}/[$LATEST]{id_.replace('-', '')}"
    writer = LogWriter(parts.call, parts.clock, f"/aws/lambda/{name}", stream)
    writer.write(*lines)
    writer.close()
    log = "\n".join(lines)
    if "result" in made and not outcome.timed_out:
        return Result(made["result"].encode(), None, log)
    if outcome.timed_out:
        text = f"RequestId: {id_} Error: Task timed out after {timeout:.2f} seconds"
        error = {"errorType": "Sandbox.Timedout", "errorMessage": text}
    else:
        text = f"RequestId: {id_} Error: Runtime exited without providing a reason"
        error = made.get("error") or {"errorType": "Runtime.ExitError", "errorMessage": text}
    return Result(json.dumps(error).encode(), "Unhandled", log)


def _instance(
    parts: Parts, function: dict, event: bytes, container: Container, id_: str, keys: tuple
) -> Instance:
    """Lay out an invocation's disk, and return its process."""
    state, name = parts.context.state, function["FunctionName"]
    code, root = folder_of(state, name, function["_code"]), container.root
    context = {
        "aws_request_id": id_, "function_name": name, "function_version": "$LATEST",
        "invoked_function_arn": function["FunctionArn"], "timeout": function["Timeout"],
        "memory_limit_in_mb": str(function["MemorySize"]), "log_group_name": f"/aws/lambda/{name}",
    }  # fmt: skip
    (root / "event.json").write_bytes(event)
    (root / "context.json").write_text(json.dumps(context))
    variables = {
        **function.get("Environment", {}).get("Variables", {}),
        "AWS_ACCESS_KEY_ID": keys[0], "AWS_SECRET_ACCESS_KEY": keys[1],
        "AWS_LAMBDA_FUNCTION_NAME": name, "LAMBDA_TASK_ROOT": str(code),
        "_HANDLER": function["Handler"], "PYTHONPATH": str(code),
    }  # fmt: skip
    environment = container.environment(parts.context, python_of(state), variables)
    command = ["python3", "-P", str(BOOTSTRAP), str(root), function["Handler"]]
    return Instance("function", command, environment, code)
