"""Mapping templates in Velocity's language, by airspeed; knows the references that are done.

Contract: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
Done: `$input.path('$.a.b')`, `$input.json('$.a.b')`, `$input.body`, a template's own variables, and
`$context.responseOverride.status`. All other references are refused by name.
"""

import json
import re
from functools import lru_cache
from typing import Any

from local_aws.services.apigateway.refusals import invalid, not_done

_PATH = r"\(\s*['\"]\$(\.[A-Za-z_]\w*)*['\"]\s*\)"
_DONE = re.compile(
    rf"input\.(path|json){_PATH}|input\.body|context\.responseOverride\.status"
    r"|(?!(input|context|util|stageVariables)\b)[a-z]\w*"
)
_REFERENCE = re.compile(r"\$!?\{?([A-Za-z_][\w.]*(?:\([^)]*\))?)")
_DIRECTIVE = re.compile(r"#\{?([a-z]+)")
_DIRECTIVES = {"set", "if", "else", "elseif", "end"}


def check(template: str) -> None:
    """Refuse a template with what is not done, or one that can't be parsed.

    Raises:
        AwsError: NotImplementedException, by name; BadRequestException.
    """
    words = [word for word in _REFERENCE.findall(template) if not _DONE.fullmatch(word)]
    words += [f"#{word}" for word in _DIRECTIVE.findall(template) if word not in _DIRECTIVES]
    if words:
        raise not_done(f"mapping templates with {', '.join(words)}")
    from airspeed import TemplateError

    try:
        _parsed(template).merge({"input": _Input("{}"), "context": {"responseOverride": {}}})
    except TemplateError as error:
        raise invalid(f"Invalid mapping template: {error}") from None


def render(template: str, body: str) -> tuple[str, int | None]:
    """Return the text of a template for a body, and the status that the template sets or None."""
    context: dict[str, Any] = {"responseOverride": {}}
    text = _parsed(template).merge({"input": _Input(body), "context": context})
    status = context["responseOverride"].get("status")
    # Another value has no effect on AWS either.
    return text, status if isinstance(status, int) and 100 <= status < 600 else None


@lru_cache(64)
def _parsed(template: str) -> Any:
    from airspeed import Template

    return Template(template)


class _Input:
    """What a template reads of a body."""

    def __init__(self, body: str):
        self.body = body

    def path(self, path: str) -> Any:
        """Return what is at a path of the body's JSON; '' where nothing is."""
        try:
            value = json.loads(self.body or "{}")
        except ValueError:
            return ""
        for name in path.split(".")[1:]:
            value = value.get(name, "") if isinstance(value, dict) else ""
        return value

    def json(self, path: str) -> str:
        """Return what is at a path as JSON."""
        return json.dumps(self.path(path), ensure_ascii=False)
