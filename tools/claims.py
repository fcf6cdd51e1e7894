"""Lists the sentences of the notebooks that state a figure or a comparison; judges none.

python -m tools.claims    write docs/claims.md anew: sentences that are gone go, a new one has a `?`
                          until somebody writes what shows it (tests/project/test_claims.py)
"""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tools import notebooks

PAGE = Path(__file__).resolve().parents[1] / "docs/claims.md"
FIGURES = (
    "two three four five six seven eight nine ten twelve fifteen sixteen twenty hundred thousand "
    "million half once twice both nothing none"
)
COMPARISONS = (
    "than best better worst worse most more least less fewer faster fastest slower slowest "
    "larger largest smaller smallest longer shorter lower lowest higher highest wider simpler "
    "cheaper same alike equal"
)
CLAIM = re.compile(
    rf"(?<![\w.])[$+−-]?\d|%|\b(?:{'|'.join(f'{FIGURES} {COMPARISONS}'.split())})\b", re.I
)
SENTENCE = re.compile(r"(?<=[.:?!)])\s+(?=[\"(]*[A-Z0-9$…])")
NOTHING_YET = "?"


def claims(path: Path) -> list[str]:
    """Return the sentences of a notebook that state a figure or a comparison, in their order."""
    cells = [c for c in nbformat.read(path, 4).cells if c.cell_type == "markdown"]
    found = (sentence for cell in cells for sentence in sentences(cell.source))
    return list(dict.fromkeys(each for each in found if CLAIM.search(each)))


def sentences(source: str) -> Iterator[str]:
    """Yield the sentences of a cell's paragraphs and bullets, without marks, code and links.

    Headings, links to other notebooks and the promises of an opening state nothing.
    """
    kind, is_promise = "", False
    for token in MarkdownIt("commonmark").parse(source):
        if token.type.endswith("_open"):
            kind = token.type
        if token.type != "inline" or kind == "heading_open":
            continue
        text = " ".join(_words(token.children or []).split())
        if "In this notebook we will" in text:
            is_promise = True
        elif not (is_promise and text[0].islower()) and not text.startswith("Next:"):
            yield from (each for each in SENTENCE.split(text) if not each.startswith("Needs"))


def _words(tokens: list[Token]) -> str:
    """Return the words that a reader sees; code and links to notebooks are left as ellipses."""
    words, link = [], ""
    for token in tokens:
        link = {"link_open": token.attrGet("href"), "link_close": ""}.get(token.type, link)
        if token.type == "code_inline" or (token.type == "text" and str(link).endswith(".ipynb")):
            words.append("…")
        elif token.type == "text":
            words.append(token.content)
        elif token.type == "softbreak":
            words.append(" ")
    return "".join(words)


def listed(text: str) -> dict[tuple[str, str], str]:
    """Return what shows each sentence of the page: {(notebook, sentence): evidence}."""
    rows = {}
    for section in text.split("\n## ")[1:]:
        number, _, body = section.partition("\n")
        for row in re.findall(r"^\| (?!claim \||---)(.+?) \| (.+) \|$", body, re.M):
            rows[number, row[0]] = row[1]
    return rows


def written_anew(text: str) -> str:
    """Return the page with the sentences of today, and with the evidence that it has."""
    evidence = listed(text)
    parts = [text.split("\n## ")[0].rstrip()]
    for path in notebooks.paths():
        number = path.stem[:2]
        shown = {each: evidence.get((number, each), NOTHING_YET) for each in claims(path)}
        if rows := [f"| {claim} | {shower} |" for claim, shower in shown.items()]:
            head = [f"## {number}", "", "| claim | shown by |", "|---|---|"]
            parts.append("\n".join([*head, *rows]))
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(written_anew(PAGE.read_text()))
