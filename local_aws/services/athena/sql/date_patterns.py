"""Translates MySQL's and Joda's date patterns to strftime's; knows no expressions."""

import re

_MYSQL = {
    "a": "%a",
    "b": "%b",
    "c": "%-m",
    "d": "%d",
    "e": "%-d",
    "f": "%f",
    "H": "%H",
    "h": "%I",
    "I": "%I",
    "i": "%M",
    "j": "%j",
    "k": "%-H",
    "l": "%-I",
    "M": "%B",
    "m": "%m",
    "p": "%p",
    "r": "%I:%M:%S %p",
    "S": "%S",
    "s": "%S",
    "T": "%H:%M:%S",
    "v": "%V",
    "W": "%A",
    "Y": "%Y",
    "y": "%y",
    "%": "%%",
}
_JODA = {
    "yyyy": "%Y",
    "YYYY": "%Y",
    "y": "%Y",
    "Y": "%Y",
    "yy": "%y",
    "xxxx": "%G",
    "MMMM": "%B",
    "MMM": "%b",
    "MM": "%m",
    "M": "%-m",
    "dd": "%d",
    "d": "%-d",
    "DDD": "%j",
    "D": "%-j",
    "EEEE": "%A",
    "EEE": "%a",
    "E": "%a",
    "e": "%u",
    "ww": "%V",
    "HH": "%H",
    "H": "%-H",
    "hh": "%I",
    "h": "%-I",
    "mm": "%M",
    "m": "%-M",
    "ss": "%S",
    "s": "%-S",
    "SSS": "%g",
    "SSSSSS": "%f",
    "a": "%p",
    "Z": "%z",
    "ZZ": "%z",
    "z": "%Z",
}


def mysql(pattern: str) -> str | None:
    """Return a MySQL pattern (date_format, date_parse) as strftime's; None if Trino refuses it."""
    out, position = "", 0
    while position < len(pattern):
        if pattern[position] != "%":
            out, position = out + pattern[position], position + 1
            continue
        letter = pattern[position + 1 : position + 2]
        if letter not in _MYSQL:
            return None
        out, position = out + _MYSQL[letter], position + 2
    return out


def joda(pattern: str) -> str | None:
    """Return a Joda pattern (format_datetime) as strftime's; None if strftime lacks a field."""
    out = ""
    for quoted, letters, other in re.findall(r"'((?:[^']|'')*)'|(([A-Za-z])\3*|.)", pattern)[:]:
        if quoted or not letters:
            out += quoted.replace("''", "'").replace("%", "%%") or "'"
        elif other:
            if letters not in _JODA:
                return None
            out += _JODA[letters]
        else:
            out += letters.replace("%", "%%")
    return out
