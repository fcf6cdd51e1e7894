"""Escapes text from data for a notebook's page: HTML, Markdown and TeX in it stay plain text.

File names, labels, the first bytes of a file, log lines and errors may contain any text. All HTML
and Markdown that the course makes of them is escaped here (tests/helpers/test_escape.py).
"""

import html
import re
from dataclasses import dataclass

import pandas as pd

_SPECIAL = re.compile(r"([\\`*_\[\]$~])")
_BEGINS = re.compile(r"^([-+#]+|\d+[.)])(?=\s|$)")


def markdown(text: object) -> str:
    """Return a text as Markdown on one line, for a sentence or a table's cell."""
    line = html.escape(" ".join(str(text).split()), quote=False)
    line = _SPECIAL.sub(r"\\\1", line).replace("|", "&#124;")
    # An address would become a link, and a line's first characters a heading or a list.
    line = line.replace("://", ":&#47;&#47;").replace("@", "&#64;")
    line = re.sub(r"www\.", lambda match: f"{match[0][:3]}&#46;", line, flags=re.IGNORECASE)
    return _BEGINS.sub(lambda match: _entities(match[1]), line)


def _entities(text: str) -> str:
    return "".join(f"&#{ord(sign)};" for sign in text)


def markdown_table(frame: pd.DataFrame) -> str:
    """Return a frame without its index as a Markdown table."""
    rows = [frame.columns, *frame.itertuples(index=False)]
    head, *lines = ("| " + " | ".join(map(markdown, row)) + " |" for row in rows)
    return "\n".join([head, "|---" * len(frame.columns) + "|", *lines])


@dataclass(frozen=True)
class Table:
    """A frame that a notebook shows whole: no cell is cut, and none is read as TeX."""

    frame: pd.DataFrame
    index: bool = False
    precision: int | None = None
    """Number of decimals; None leaves numbers as they are."""

    def __repr__(self) -> str:
        return self._drawn("to_string")

    def _repr_html_(self) -> str:
        # A Styler would escape neither bytes nor the names of the axes.
        return self._drawn("to_html", border=0)

    def _drawn(self, method: str, **options: object) -> str:
        digits = None if self.precision is None else f"{{:.{self.precision}f}}".format
        frame = self.frame if self.index else self.frame.rename_axis(index=None, columns=None)
        draw = getattr(frame, method)
        with pd.option_context("display.max_colwidth", None, "display.html.use_mathjax", False):
            return draw(index=self.index, float_format=digits, **options)
