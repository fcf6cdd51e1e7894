"""Reads Ion text (and so JSON, pretty-printed too) into JSON documents, one a top-level value.

Left out: binary Ion, local symbol tables, timestamps with a precision below a minute.
"""

import json
import re
from collections.abc import Iterator

import pyarrow as pa

from local_aws.services.athena.failures import QueryFailed
from local_aws.services.athena.tables.readers import IS_OBJECT, Scan, line_batches

BINARY = b"\xe0\x01\x00\xea"
_TOKEN = re.compile(
    r"""(?P<space>(?:\s+|//[^\n]*|/\*.*?\*/)+)
    |(?P<long>'''(?:\\.|(?!''').)*''')
    |(?P<string>"(?:\\.|[^"\\])*")
    |(?P<symbol>'(?:\\.|[^'\\])*')
    |(?P<blob>\{\{.*?\}\})
    |(?P<mark>::|[{}\[\](),:])
    |(?P<time>\d{4}-\d\d(?:-\d\d)?(?:T(?:\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)?|\d{4}T)
    |(?P<number>[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eEdD][+-]?\d+)?))
    |(?P<word>[A-Za-z_$][\w$.]*|[+-]inf)
    |(?P<other>[^\s\w"'{}\[\](),:]+)""",
    re.VERBOSE | re.DOTALL,
)
_WORDS = {"true": True, "false": False, "nan": "NaN", "+inf": "Infinity", "-inf": "-Infinity"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def ion_batches(scan: Scan) -> Iterator[pa.RecordBatch]:
    """Yield (file number, document) batches, every top-level struct a JSON document."""
    for batch in line_batches(scan, whole=True):
        scan.connection.register("whole", pa.table(batch))
        plain = scan.connection.execute(f"SELECT {IS_OBJECT} FROM whole").fetchall()
        scan.connection.unregister("whole")
        if all(row[0] for row in plain):
            yield batch
            continue
        numbers, documents = [], []
        rows = zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), plain, strict=True)
        for number, text, (valid,) in rows:
            found = [text] if valid else _documents(text, scan.files[number].uri)
            documents += found
            numbers += [number] * len(found)
        yield pa.record_batch(
            [pa.array(numbers, pa.int64()), pa.array(documents, pa.string())],
            names=["file", "line"],
        )


def _documents(text: str, uri: str) -> list[str]:
    try:
        return [json.dumps(value) for value in parse_ion(text) if isinstance(value, dict)]
    except ValueError as error:
        raise QueryFailed("HIVE_CURSOR_ERROR", f"Error reading Ion: {error} ({uri})") from None


def parse_ion(text: str) -> list:
    """Parse a stream of Ion text values into plain Python values.

    Raises:
        ValueError: the text is not Ion text.
    """
    if text.encode("utf-8", "replace")[:4] == BINARY or "\ufffd" in text[:4]:
        raise ValueError("binary Ion is not supported, write Ion text or JSON")
    reader = _Reader(text)
    values = []
    while reader.kind is not None:
        value = reader.value()
        if not (isinstance(value, str) and value == "$ion_1_0"):
            values.append(value)
    return values


class _Reader:
    """A cursor over Ion tokens."""

    def __init__(self, text: str):
        self._text, self._position = text, 0
        self.kind: str | None = None
        self.token = ""
        self._next()

    def _next(self) -> None:
        while True:
            if self._position >= len(self._text):
                self.kind, self.token = None, ""
                return
            match = _TOKEN.match(self._text, self._position)
            if not match:
                raise ValueError(f"unexpected character at offset {self._position}")
            self._position = match.end()
            if match.lastgroup != "space":
                self.kind, self.token = match.lastgroup, match.group()
                return

    def _take(self) -> str:
        token = self.token
        self._next()
        return token

    def value(self) -> object:
        """Read one value; annotations are dropped."""
        while True:
            kind, token = self.kind, self._take()
            if kind in ("word", "symbol") and self.token == "::":
                self._next()
                continue
            return self._value(kind, token)

    def _value(self, kind: str | None, token: str) -> object:
        if kind == "mark" and token in "{[(":
            return self._struct() if token == "{" else self._list({"[": "]", "(": ")"}[token])
        if kind == "string":
            return _unescape(token[1:-1])
        if kind == "long":
            text = _unescape(token[3:-3])
            while self.kind == "long":
                text += _unescape(self._take()[3:-3])
            return text
        if kind == "symbol":
            return _unescape(token[1:-1])
        if kind == "number":
            return _number(token)
        if kind == "time":
            return token.rstrip("T")
        if kind == "word":
            return None if token.partition(".")[0] == "null" else _WORDS.get(token, token)
        if kind == "blob":
            return token[2:-2].strip().strip('"')
        if kind == "other":
            return token
        raise ValueError(f"unexpected '{token or 'end of file'}'")

    def _struct(self) -> dict:
        fields = {}
        while self.token != "}" or self.kind != "mark":
            kind, name = self.kind, self._take()
            if kind in ("string", "symbol"):
                name = _unescape(name[1:-1])
            elif kind == "long":
                name = _unescape(name[3:-3])
            elif kind != "word":
                raise ValueError(f"a field name was expected, not '{name or 'end of file'}'")
            if self._take() != ":":
                raise ValueError(f"':' was expected after '{name}'")
            fields[name] = self.value()
            if self.token == ",":
                self._next()
            elif self.token != "}":
                raise ValueError(f"',' or '}}' was expected, not '{self.token or 'end of file'}'")
        self._next()
        return fields

    def _list(self, end: str) -> list:
        values = []
        while not (self.kind == "mark" and self.token == end):
            values.append(self.value())
            if self.token == "," and end == "]":
                self._next()
        self._next()
        return values


def _unescape(text: str) -> str:
    def one(match: re.Match) -> str:
        code = match.group(1)
        if code[0] in "xuU":
            return chr(int(code[1:], 16))
        return "" if code == "\n" else _ESCAPES.get(code, code)

    if "\\" not in text:
        return text
    text = re.sub(r"\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|.)", one, text, flags=re.DOTALL)
    return text.encode("utf-16", "surrogatepass").decode("utf-16")


def _number(token: str) -> int | float:
    token = token.replace("_", "")
    if re.match(r"[+-]?0[xXbB]", token):
        return int(token, 0)
    if re.search(r"[.eEdD]", token):
        return float(token.replace("d", "e").replace("D", "e"))
    return int(token)
