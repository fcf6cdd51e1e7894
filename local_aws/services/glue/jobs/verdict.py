"""The verdict on a run: its state and its ErrorMessage; runs nothing.

The form of the message is AWS's, `Error Category: …; Failed Line Number: …; …`:
https://docs.aws.amazon.com/glue/latest/dg/glue-troubleshooting-errors.html
"""

import re
from typing import NamedTuple

from local_aws.instances.failure_reason import last_error

CATEGORIES = {
    "ModuleNotFoundError": "IMPORT_ERROR",
    "ImportError": "IMPORT_ERROR",
    "AnalysisException": "QUERY_ERROR",
    "SyntaxError": "SYNTAX_ERROR",
}
MOST = 2000
"""Characters of an ErrorMessage."""


class Verdict(NamedTuple):
    """A run's last state, and its ErrorMessage."""

    state: str
    message: str | None = None


def failed(lines: list[str], code: int, script: str) -> Verdict:
    """Return the verdict on a script that ended with an exit code other than 0.

    Args:
        lines: the last lines of its standard error.
        code: above 128 for a signal, below 0 for a signal to the whole driver.
        script: the path of the script in these lines.
    """
    code = code if code >= 0 else 128 - code
    if code > 128:
        return Verdict("FAILED", f"Command failed: the driver was ended by signal {code - 128}")
    if not (error := last_error(lines)):
        return Verdict("FAILED", f"SystemExit: {code}")
    kind = error.partition(":")[0].rpartition(".")[2]
    category = f"Error Category: {CATEGORIES.get(kind, 'UNCLASSIFIED_ERROR')}"
    frame = re.compile(rf'^  File "{re.escape(script)}", line (\d+)')
    numbers = [match[1] for line in lines if (match := frame.match(line))]
    line = [f"Failed Line Number: {numbers[-1]}"] if numbers else []
    return Verdict("FAILED", "; ".join([category, *line, error])[:MOST])
