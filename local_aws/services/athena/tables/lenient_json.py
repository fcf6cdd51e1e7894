"""Reads the JSON that OpenX's serde reads beside strict JSON: quotes, bare words, what follows.

The rules are those of its parser, the old org.json: texts in either quotes or bare, `=` for `:`,
`;` for `,`, a missing value before a comma is null, and nothing behind the object is looked at.
"""

import json
import re
from math import isfinite

from local_aws.services.athena.sql.types import Type, to_duckdb

_BARE_END = re.compile(r"[,:\]}/\\\"\[{;=#\x00-\x1f]|$")
_SPACE = re.compile(r"[\x00-\x20]*")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}
_WORDS = {"true": True, "false": False, "null": None}
_LONGEST_NUMBER = 300
"""Letters; a longer one, or one beyond a double, stays a text."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class Malformed(ValueError):
    """A line that is no object for org.json either."""


def strict(line: str) -> str:
    """Return a line's object as strict JSON.

    Raises:
        Malformed: it is no object; the message is org.json's.
    """
    try:
        text = json.dumps(_Reader(line).object(), ensure_ascii=False)
    except RecursionError:
        raise Malformed("The object is nested too deeply") from None
    # Halves of a surrogate pair become one letter; one half alone is no UTF-8 and is replaced.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def conversion(kind: Type, text: str) -> tuple[str, str] | None:
    """Return how a value of another type is converted: the SQL of its value, and of its condition.

    A scalar is an array of one, an empty text no array; a number is a time in seconds, or from 11
    digits on in milliseconds.
    """
    if kind.base == "array":
        item = f"TRY_CAST({text} AS {to_duckdb(kind.children[0])})"
        return f"CASE WHEN {text} <> '' THEN [{item}] END", f"{text} = '' OR {item} IS NOT NULL"
    if kind.base == "timestamp":
        number = f"TRY_CAST({text} AS BIGINT)"
        factor = f"CASE WHEN length({text}) > 10 THEN 1000 ELSE 1000000 END"
        return f"make_timestamp({number} * {factor})", f"{number} IS NOT NULL"
    return None


class _Reader:
    """The characters of a line, read from the first to the last."""

    def __init__(self, text: str):
        self._text, self._at = text, 0

    def _next(self) -> str:
        """Return the next character that is no blank, '' at the end; it is consumed."""
        self._at = _SPACE.match(self._text, self._at).end()
        self._at += 1
        return self._text[self._at - 1 : self._at]

    def _error(self, words: str) -> Malformed:
        return Malformed(f"{words} at {self._at} [character {self._at + 1} line 1]")

    def object(self) -> dict:
        if self._next() != "{":
            raise self._error("A JSONObject text must begin with '{'")
        fields: dict[str, object] = {}
        while (mark := self._next()) != "}":
            if not mark:
                raise self._error("A JSONObject text must end with '}'")
            self._at -= 1
            key = self._value()
            if self._next() not in (":", "="):
                raise self._error("Expected a ':' after a key")
            if self._text[self._at : self._at + 1] == ">":
                self._at += 1
            name = key if isinstance(key, str) else json.dumps(key)
            if name in fields:
                raise self._error(f'Duplicate key "{name}"')
            fields[name] = self._value()
            self._separator("}")
        return fields

    def _array(self) -> list:
        values = []
        while (mark := self._next()) not in ("]", ")"):
            if not mark:
                raise self._error("Expected a ',' or ']'")
            self._at -= 1
            values.append(None if mark == "," else self._value())
            self._separator("])")
        return values

    def _separator(self, ends: str) -> None:
        """Consume a comma or semicolon; leave an end."""
        mark = self._next()
        if mark and mark in ends:
            self._at -= 1
        elif mark not in (",", ";"):
            raise self._error(f"Expected a ',' or '{ends[0]}'")

    def _value(self) -> object:
        mark = self._next()
        if mark in ("'", '"') and mark:
            return self._string(mark)
        if mark == "{":
            self._at -= 1
            return self.object()
        if mark in ("[", "(") and mark:
            return self._array()
        start = self._at - 1
        self._at = _BARE_END.search(self._text, start).start()
        word = self._text[start : self._at].strip()
        if not word:
            raise self._error("Missing value")
        if word.lower() in _WORDS:
            return _WORDS[word.lower()]
        if _NUMBER.fullmatch(word) and len(word) < _LONGEST_NUMBER and isfinite(float(word)):
            return int(word) if word.lstrip("+-").isdigit() else float(word)
        return word

    def _string(self, quote: str) -> str:
        letters = []
        while (letter := self._text[self._at : self._at + 1]) != quote:
            self._at += 1
            if letter == "":
                raise self._error("Unterminated string")
            if letter == "\\":
                letter = self._escaped()
            letters.append(letter)
        self._at += 1
        return "".join(letters)

    def _escaped(self) -> str:
        letter = self._text[self._at : self._at + 1]
        self._at += 1
        if letter != "u":
            return _ESCAPES.get(letter, letter)
        code = self._text[self._at : self._at + 4]
        if not re.fullmatch(r"[0-9a-fA-F]{4}", code):
            raise self._error("Illegal escape")
        self._at += 4
        return chr(int(code, 16))
