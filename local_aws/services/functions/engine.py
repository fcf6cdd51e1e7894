"""Executes Lambda's operations on functions in Python that come as a zip archive.

Each invocation is a process with the function's code, boto3 and a clean environment. Left out, and
refused by name: other runtimes, images, layers, networks, versions and aliases, event sources,
asynchronous invocations, URLs, permissions of callers. All runtimes of Python are the server's own
Python; the memory of a function is not limited.
"""

import json
import re
import shutil
import threading
import uuid

from local_aws.errors import AwsError
from local_aws.instances.group import Group
from local_aws.parts import Engine, Parts
from local_aws.role_trust import is_assumable
from local_aws.services.functions import code
from local_aws.services.functions.invocation import PREFIX, invoke
from local_aws.state.collection import Collection, public
from local_aws.state.positions import page

SERVICE = "lambda.amazonaws.com"
_PYTHON = re.compile(r"python3\.\d+")
_CODE = "ZipFile S3Bucket S3Key"
PAGE = 50
DEFAULTS = {"Timeout": 3, "MemorySize": 128, "Description": ""}

OPERATIONS = {
    "lambda": {
        "CreateFunction": f"""FunctionName Runtime Role Handler Code({_CODE}) Description Timeout
            MemorySize PackageType=Zip Environment(Variables) VpcConfig() Layers Tags""",
        "UpdateFunctionCode": f"FunctionName {_CODE}",
        "GetFunction": "FunctionName",
        "ListFunctions": "Marker MaxItems",
        "DeleteFunction": "FunctionName",
        "Invoke": "FunctionName InvocationType=RequestResponse LogType Payload",
    },
}


class Functions(Engine):
    """The functions, and their invocations that run."""

    name, operations = "functions", OPERATIONS

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._state, self._clock = parts.context.state, parts.clock
        self._functions = Collection(parts.documents, "function")
        self._running: set[Group] = set()
        self._lock = threading.RLock()

    def create_function(self, request: dict) -> dict:
        name = request["FunctionName"]
        if not _PYTHON.fullmatch(request.get("Runtime", "")):
            raise _wrong(f"The local AWS does not support the runtime {request.get('Runtime')}")
        if request.get("Layers"):
            raise _wrong("The local AWS does not support Layers of functions")
        if "." not in request.get("Handler", ""):
            raise _wrong("Handler must be module.function")
        if not is_assumable(self.parts, request["Role"], SERVICE):
            raise _wrong("The role defined for the function cannot be assumed by Lambda.")
        archive = self._archive(request["Code"])
        arn = self.parts.context.arn("lambda", f"function:{name}")
        kept = ("FunctionName", "Runtime", "Role", "Handler", "Description", "Timeout",
                "MemorySize", "Environment")  # fmt: skip
        function = {**DEFAULTS, **{each: request[each] for each in kept if each in request}}
        function |= {"FunctionArn": arn, "Version": "$LATEST", "PackageType": "Zip"}
        function |= {"State": "Active", "_tags": request.get("Tags", {})}
        with self._lock:
            if name in self._functions:
                words = f"Function already exist: {name}"
                raise AwsError("ResourceConflictException", words, 409)
            function |= self._code(name, archive)
            self._functions.put(name, function)
        return public(function)

    def _archive(self, given: dict) -> bytes:
        """Return the archive that a request has, or names in S3."""
        if "ZipFile" in given:
            return given["ZipFile"]
        bucket, key = given.get("S3Bucket"), given.get("S3Key")
        if not bucket or not key:
            raise _wrong("Please provide a source for function code.")
        try:
            return self.parts.store.read(bucket, key)
        except AwsError as error:
            raise _wrong(f"Error occurred while GetObject. {error.message}") from None

    def _code(self, name: str, archive: bytes) -> dict:
        """Unpack an archive, and return what a function says of it."""
        return {
            "_code": code.unpack(self._state, name, archive), "CodeSize": len(archive),
            "CodeSha256": code.digest(archive), "RevisionId": str(uuid.uuid4()),
            "LastModified": f"{self._clock.now():%Y-%m-%dT%H:%M:%S.000+0000}",
            "LastUpdateStatus": "Successful",
        }  # fmt: skip

    def _function(self, text: str) -> dict:
        """Return a function by its name or ARN."""
        name = text.rpartition(":function:")[2]
        if (function := self._functions.get(name)) is None:
            arn = self.parts.context.arn("lambda", f"function:{name}")
            raise AwsError("ResourceNotFoundException", f"Function not found: {arn}", 404)
        return function

    def update_function_code(self, request: dict) -> dict:
        archive = self._archive(request)
        with self._lock:
            function = self._function(request["FunctionName"])
            function |= self._code(function["FunctionName"], archive)
            self._functions.put(function["FunctionName"], function)
        return public(function)

    def get_function(self, request: dict) -> dict:
        function = self._function(request["FunctionName"])
        tags = {"Tags": function["_tags"]} if function["_tags"] else {}
        return {"Configuration": public(function), "Code": {"RepositoryType": "S3"}, **tags}

    def list_functions(self, request: dict) -> dict:
        refused = _wrong("The marker is not valid.")
        functions = [public(function) for function in self._functions]
        names = {"most": "MaxItems", "token": "Marker"}
        answer = page(functions, request, "Functions", PAGE, refused, **names)
        if "Marker" in answer:
            answer["NextMarker"] = answer.pop("Marker")
        return answer

    def delete_function(self, request: dict) -> dict:
        with self._lock:
            name = self._function(request["FunctionName"])["FunctionName"]
            self._functions.delete(name)
            code.forget(self._state, name)
        return {"StatusCode": 204}

    def invoke(self, request: dict) -> dict:
        function = self._function(request["FunctionName"])
        event = request.get("Payload") or b"{}"
        try:
            json.loads(event)
        except ValueError as error:
            words = f"Could not parse request body into json: {error}"
            raise AwsError("InvalidRequestContentException", words) from None
        group = Group()
        self._running.add(group)
        try:
            result = invoke(self.parts, function, event, group)
        finally:
            self._running.discard(group)
        answer = {"StatusCode": 200, "Payload": result.payload, "ExecutedVersion": "$LATEST"}
        answer |= {"FunctionError": result.error} if result.error else {}
        return answer | ({"LogResult": result.tail()} if request.get("LogType") == "Tail" else {})

    def recover(self) -> None:
        """Delete what the invocations of a killed server left on disk."""
        for folder in (self._state / "instances").glob(f"{PREFIX}*"):
            shutil.rmtree(folder, ignore_errors=True)

    def shut_down(self) -> None:
        """End all invocations."""
        for group in list(self._running):
            group.stop()
            group.cut()


def _wrong(message: str) -> AwsError:
    return AwsError("InvalidParameterValueException", message)
