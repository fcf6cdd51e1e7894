"""The token stream of a statement, with Hive's backquotes and Trino's strings; no meaning."""

import re
from dataclasses import dataclass

from local_aws.services.athena.failures import MalformedQuery, Position, mismatched
from local_aws.services.athena.sql.dialect import end_of, position_of

_FORM = r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<string>%s)
    |(?P<quoted>`[^`]*`|%s)
    |(?P<word>[\w$@]+(?:\.\d+)?|\?)
    |(?P<mark><>|!=|<=|>=|\|\||->|.)"""
_TRINO = re.compile(
    _FORM % (r"'(?:[^']|'')*'", r'"(?:[^"]|"")*"'),
    re.VERBOSE | re.DOTALL,
)
_HIVE = re.compile(
    _FORM % (r"'(?:[^'\\]|''|\\.)*'", r'"(?:[^"\\]|""|\\.)*"'),
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|[0-3][0-7]{2}|.)", re.DOTALL)
_ESCAPED = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a",
            "%": "\\%", "_": "\\_"}  # fmt: skip


@dataclass(frozen=True)
class Token:
    """A token with the offsets of its begin and end."""

    kind: str
    text: str
    start: int
    end: int


class TokenStream:
    """The tokens of a statement, read from the first to the last.

    Args:
        hive: it is DDL, which Hive parses: a backslash in a string escapes.
    """

    def __init__(self, text: str, hive: bool = False):
        self.text, self._hive = text, hive
        self._tokens = [
            Token(match.lastgroup, match.group(), match.start(), match.end())
            for match in (_HIVE if hive else _TRINO).finditer(text)
            if match.lastgroup != "space"
        ]
        while self._tokens and self._tokens[-1].text == ";":
            self._tokens.pop()
        self._next = 0

    def _token(self, ahead: int = 0) -> Token | None:
        index = self._next + ahead
        return self._tokens[index] if index < len(self._tokens) else None

    def word(self, ahead: int = 0) -> str:
        """Return a following token in upper case, '' at the end."""
        token = self._token(ahead)
        return token.text.upper() if token else ""

    def take(self) -> Token:
        """Consume the next token and return it."""
        token = self._token()
        if token is None:
            raise mismatched("<EOF>", "<identifier>", end_of(self.text))
        self._next += 1
        return token

    def accept(self, *words: str) -> bool:
        """Consume these words if they come next; say whether they did."""
        if all(self.word(i) == word for i, word in enumerate(words)):
            self._next += len(words)
            return True
        return False

    def expect(self, word: str) -> None:
        """Consume a word that must come next."""
        if not self.accept(word):
            raise self.mismatch(f"'{word}'")

    def mismatch(self, expected: str) -> MalformedQuery:
        """Return the error for the next token."""
        token = self._token()
        if token is None:
            return mismatched("<EOF>", expected, end_of(self.text))
        return mismatched(token.text, expected, position_of(self.text, token.start))

    def position(self) -> Position:
        """Return the position of the next token."""
        token = self._token()
        return position_of(self.text, token.start) if token else end_of(self.text)

    def done(self) -> bool:
        """Say whether all tokens are read."""
        return self._token() is None

    def end(self) -> None:
        """Require the end of the text."""
        if not self.done():
            raise self.mismatch("<EOF>")

    def name(self) -> str:
        """Read one name, in lower case as in the catalog."""
        token = self._token()
        if token is None or token.kind not in ("word", "quoted"):
            raise self.mismatch("<identifier>")
        self._next += 1
        text = token.text[1:-1].replace('""', '"') if token.kind == "quoted" else token.text
        return text.lower()

    def qualified(self) -> tuple[str | None, str]:
        """Read [catalog.][database.]name; the catalog is dropped."""
        parts = [self.name()]
        while self.accept("."):
            parts.append(self.name())
        if len(parts) == 1 and "." in parts[0]:
            parts = parts[0].split(".")
        return (parts[-2] if len(parts) > 1 else None, parts[-1])

    def string(self) -> str:
        """Read a string in single (Hive: or double) quotes."""
        token = self._token()
        if token is None or not (token.kind == "string" or token.text.startswith('"')):
            raise self.mismatch("<string>")
        self._next += 1
        quote = token.text[0]
        text = token.text[1:-1].replace(quote * 2, quote)
        return unescaped(text) if self._hive else text

    def names(self) -> list[str]:
        """Read names in brackets."""
        self.expect("(")
        names = [self.name()]
        while self.accept(","):
            names.append(self.name())
        self.expect(")")
        return names

    def properties(self) -> dict:
        """Read (name = value, …); a value is a string, number, boolean or ARRAY[…] of strings."""
        self.expect("(")
        properties = {}
        while not self.accept(")"):
            token = self._token()
            named = token and (token.kind == "word" or token.text.startswith("`"))
            key = self.name() if named else self.string()
            self.expect("=")
            properties[key] = self._value()
            if not self.accept(",") and self.word() != ")":
                raise self.mismatch("')', ','")
        return properties

    def _value(self) -> object:
        if self.accept("ARRAY"):
            self.expect("[")
            values = []
            while not self.accept("]"):
                values.append(self.string())
                self.accept(",")
            return values
        token = self._token()
        if token and (token.kind == "string" or token.text.startswith('"')):
            return self.string()
        text = self.take().text
        return int(text) if text.isdigit() else text.lower() == "true"

    def bracketed(self) -> str:
        """Read (…) and return its inside, with blanks for the text before it to keep positions."""
        self.expect("(")
        start, depth = self._next, 1
        while depth:
            token = self.take()
            depth += {"(": 1, ")": -1}.get(token.text, 0)
        begin, end = self._tokens[start].start, self._tokens[self._next - 1].start
        return _blank(self.text[:begin]) + self.text[begin:end]

    def blanked(self) -> str:
        """Return the rest of the text, with blanks for the text before it to keep positions."""
        token = self._token()
        if token is None:
            raise self.mismatch("<query>")
        return _blank(self.text[: token.start]) + self.text[token.start :]

    def rest(self) -> str:
        """Return the rest of the text."""
        return self.blanked().strip().rstrip(";")

    def expressions(self) -> list[str]:
        """Return the comma-separated texts in the rest of the text."""
        texts, depth, start = [], 0, None
        while (token := self._token()) is not None:
            start = token.start if start is None else start
            if token.text == "," and depth == 0:
                texts.append(self.text[start : token.start].strip())
                start = None
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
            self._next += 1
            last = token.end
        if start is not None:
            texts.append(self.text[start:last].strip())
        return texts

    def type_text(self) -> str:
        """Read a type, up to the next comma, bracket or COMMENT."""
        begin, depth = self._token(), 0
        end = begin.end if begin else 0
        while (token := self._token()) is not None:
            if depth == 0 and (token.text in (",", ")") or token.text.upper() == "COMMENT"):
                break
            depth += {"(": 1, "<": 1, ")": -1, ">": -1}.get(token.text, 0)
            end = token.end
            self._next += 1
        if begin is None:
            raise self.mismatch("<type>")
        return self.text[begin.start : end]


def unescaped(text: str) -> str:
    """Replace the escapes in a string of Hive's.

    Source: `unescapeSQLString` of Hive's BaseSemanticAnalyzer.
    """
    return _ESCAPE.sub(_character, text)


def escaped(text: str) -> str:
    """Return a text so that it can stand in a string of Hive's."""
    escapes = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    shown = (escapes.get(c) or (c if c.isprintable() else f"\\u{ord(c):04x}") for c in text)
    return "".join(shown)


def _character(match: re.Match) -> str:
    code = match[1]
    if len(code) == 5:
        return chr(int(code[1:], 16))
    if len(code) == 3:
        return chr(int(code, 8))
    return _ESCAPED.get(code, code)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
