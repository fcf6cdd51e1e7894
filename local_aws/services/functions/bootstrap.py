"""Runs one invocation inside its process: imports the handler, calls it, writes what it returns.

Standard library only. Its words are the folder with `event.json` and `context.json`, and the
handler as `module.function`.
"""

import importlib
import json
import sys
import time
import traceback
from pathlib import Path
from typing import Any


class Context:
    """What a handler is told of its invocation."""

    def __init__(self, facts: dict[str, Any]):
        self.__dict__.update(facts)
        self._end = time.monotonic() + facts["timeout"]
        self.client_context = self.identity = None

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function's timeout."""
        return max(0, int((self._end - time.monotonic()) * 1000))


def called(handler: str, event: Any, context: Context) -> dict:
    """Return the handler's result, or its error as AWS shows it."""
    module, _, function = handler.rpartition(".")
    try:
        found = getattr(importlib.import_module(module.replace("/", ".")), function)
    except (ImportError, AttributeError) as error:
        words = f"Unable to import module '{module}': {error}"
        return {"error": {"errorMessage": words, "errorType": "Runtime.ImportModuleError"}}
    try:
        return {"result": json.dumps(found(event, context))}
    except Exception as error:
        lines = traceback.format_tb(error.__traceback__)[1:]
        shown = {"errorMessage": str(error), "errorType": type(error).__name__}
        print(f"[ERROR] {shown['errorType']}: {error}\n" + "".join(lines), flush=True)
        return {"error": {**shown, "stackTrace": lines}}


def main(folder: Path, handler: str) -> None:
    """Run the invocation of a folder."""
    event = json.loads((folder / "event.json").read_text())
    context = Context(json.loads((folder / "context.json").read_text()))
    (folder / "answer.json").write_text(json.dumps(called(handler, event, context)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
