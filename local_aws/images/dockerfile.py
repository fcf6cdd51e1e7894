"""Reads a Dockerfile into its instructions; runs none of them.

Left out, and refused by name: here-documents, parser directives, several stages' names.
"""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

LINE = re.compile(r"([A-Za-z]+)\s+(\S.*)")
DIRECTIVE = re.compile(r"\s*#\s*(?:syntax|escape|check)\s*=")
VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+)|\{|$)")


class BuildFailed(Exception):
    """An instruction that docker would refuse, or that the local AWS doesn't know."""


@dataclass(frozen=True)
class Instruction:
    """One instruction; `number` is that of its first line, from 1."""

    name: str
    text: str
    number: int

    def failed(self, why: str) -> BuildFailed:
        """Return the error that names this instruction."""
        return BuildFailed(f"Dockerfile line {self.number}: {self.name} {self.text}: {why}")

    def words(self) -> list[str]:
        """Return the words of the text, as a shell splits them.

        Raises:
            BuildFailed: a quotation mark is missing.
        """
        try:
            return shlex.split(self.text)
        except ValueError as error:
            raise self.failed(str(error)) from None

    def listed(self) -> list[str]:
        """Return the words of the exec form, a JSON list of texts.

        Raises:
            BuildFailed: it is another form.
        """
        try:
            words = json.loads(self.text)
        except (ValueError, RecursionError):
            words = None
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise self.failed('only the form ["word", "word"] is known here')
        return words

    def filled(self, text: str, variables: Mapping[str, str]) -> str:
        """Return a text of the instruction with the values of `$NAME` and `${NAME}` in it.

        Raises:
            BuildFailed: a variable that no ENV has set, or a form with an operator.
        """

        def value(match: re.Match) -> str:
            name = match[1] or match[2]
            if name not in variables:
                raise self.failed(f"{match[0]} is no variable that an ENV before has set")
            return variables[name]

        return VARIABLE.sub(value, text)


def parse(text: str) -> list[Instruction]:
    """Return the instructions of a Dockerfile in their order.

    Raises:
        BuildFailed: a line is none.
    """
    instructions, pieces, first = [], [], 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or not line.strip():
            if not instructions and DIRECTIVE.match(line):
                raise BuildFailed(f"Dockerfile line {number}: {line}: directives aren't known here")
            continue  # also between the lines of one instruction, as docker has it
        first = first if pieces else number
        piece = line.strip()
        pieces.append(piece.removesuffix("\\").rstrip())
        if not piece.endswith("\\"):
            instructions.append(_instruction(" ".join(pieces), first))
            pieces = []
    if pieces:
        raise BuildFailed(f"Dockerfile line {first}: {' '.join(pieces)}: the last line goes on")
    return instructions


def _instruction(text: str, number: int) -> Instruction:
    match = LINE.fullmatch(text)
    if match is None:
        raise BuildFailed(f"Dockerfile line {number}: {text}: this is no instruction")
    if "<<" in match[2]:
        raise BuildFailed(f"Dockerfile line {number}: {text}: here-documents aren't known here")
    return Instruction(match[1].upper(), match[2], number)
