"""Shows a part of the course's own code in a notebook, read from its file; runs none of it."""

import ast
from pathlib import PurePosixPath

from IPython.display import Markdown

from helpers.config import ROOT
from helpers.paths import below

LANGUAGES = {".py": "python", ".yml": "yaml"}
"""By a file's ending; a file without one is a Dockerfile."""


def excerpt(file: str, *names: str) -> Markdown:
    """Return functions, methods and classes of a file, without their docstrings, for display.

    Args:
        file: relative to the project's folder.
        names: such as `function`, `Class` or `Class.method`; none for the whole file.

    Raises:
        LookupError: the file has no such name.
    """
    text = below(ROOT, file).read_text()
    parts = [_part(text, name, file) for name in names] or [text.strip()]
    language = LANGUAGES.get(PurePosixPath(file).suffix, "dockerfile")
    heading = f"`{file}`" + "".join(f" `{name}`" for name in names)
    return Markdown(f"{heading}\n\n```{language}\n" + "\n\n".join(parts) + "\n```")


def _part(text: str, name: str, file: str) -> str:
    """Return the source of a definition, from its first column on."""
    node = ast.parse(text)
    for step in name.split("."):
        inside = (each for each in node.body if getattr(each, "name", None) == step)
        if (node := next(inside, None)) is None:
            raise LookupError(f"{file} has no {name}")
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    hidden = _docstring(node)
    lines = text.splitlines()
    shown = [lines[n - 1] for n in range(first, node.end_lineno + 1) if n not in hidden]
    return "\n".join(line[node.col_offset :] for line in shown)


def _docstring(node: ast.AST) -> range:
    """Return the numbers of a definition's lines that its docstring takes."""
    if ast.get_docstring(node) is None:
        return range(0)
    return range(node.body[0].lineno, node.body[0].end_lineno + 1)
