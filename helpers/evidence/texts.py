"""Turns strings of requests and answers into texts that may be published; knows no shapes.

A part of a string is shown if AWS published it; all other parts become placeholders.
"""

import json
import re

from helpers.evidence.names import Names, kind
from helpers.evidence.published import EDGES, Vocabulary, images, is_tag, regions, services

ARN = re.compile(r"arn:([\w-]*):([\w-]*):([\w-]*):([\w-]*):(\S+)")
IMAGE = re.compile(
    r"(\d{12})\.dkr\.ecr\.([\w-]+)\.(amazonaws\.com(?:\.cn)?)/([^:@\s]+)(?:[:@](\S+))?"
)
PARTITIONS = {"aws", "aws-cn", "aws-us-gov"}
RESOURCES = {
    *("training-job", "processing-job", "transform-job", "hyper-parameter-tuning-job"),
    *("endpoint", "endpoint-config", "model", "model-package", "model-package-group", "model-card"),
    *("role", "user", "assumed-role", "policy", "log-group", "log-stream", "repository"),
    *("catalog", "database", "table", "workgroup", "rule", "alarm", "pipeline", "execution"),
}
VALUES = {
    "application/json", "application/octet-stream", "application/x-image", "audio/flac",
    "audio/mpeg", "audio/ogg", "audio/wav", "audio/x-wav", "binary/octet-stream", "bytes",
    "image/jpeg", "image/png", "text/csv", "text/plain", "application/xml",
    "Athena engine version 3", "AwsDataCatalog", "primary",
    "SELECT", "CREATE_TABLE", "CREATE_TABLE_AS_SELECT", "DROP_TABLE", "ALTER_TABLE", "INSERT",
}  # fmt: skip
"""Strings with a meaning of their own: types of content, what Athena calls its own things."""
MESSAGES = {"FailureReason", "StateChangeReason", "StatusMessage", "StatusReason"}
"""Members whose text is AWS's own, with the user's values in it.

A log event's `message` is none: it is what the user's program printed.
"""
QUOTED = re.compile(r"""(["`]).*\1|(?<!\w)'.*?'(?!\w)""", re.S)
"""Double quotes hold whole texts, which may have quotes in them: from the first to the last."""
LONGEST = 256
WORDS_SHOWN = 80


class Texts:
    """Says what may be shown of strings, with one key's placeholders."""

    def __init__(self, names: Names):
        self.names = names

    def shown(self, text: str, member: str, vocabulary: Vocabulary) -> str:
        """Return a string's kind, and its parts where AWS published them."""
        if text in VALUES:
            return f"string={text}"
        if member in MESSAGES:
            show = self.failure if member == "FailureReason" else self.message
            return f"message={show(text, vocabulary)}"
        for pattern, name, show in ((ARN, "arn", self._arn), (IMAGE, "image", self._image)):
            if match := pattern.fullmatch(text):
                return f"{name}={show(match)}"
        if text.startswith("s3://"):
            return f"s3={self._uri(text)}"
        if re.match(r"\w+://", text):
            return "url"
        if text[:1] in "{[" and _is_json(text):
            return "json"
        if len(text) > LONGEST or "\n" in text:
            return "text"
        return f"string={self._placeholder(kind(member), text)}"

    def failure(self, text: str, vocabulary: Vocabulary) -> str:
        """Return why a job failed; of what its own script said, nothing but the exit code."""
        head = re.match(r"(\w+Error):", text)
        if head and head[1] != "AlgorithmError":
            return self.message(text, vocabulary)
        code = re.search(r"exit code:? (\d{1,3})\b", text)
        shown = "AlgorithmError: <text>" if head else "<text>"
        return f"{shown}, exit code: {code[1]}" if code else shown

    def message(
        self, text: str, vocabulary: Vocabulary, names: frozenset[str] = frozenset()
    ) -> str:
        """Return a message with the words of AWS's own model, and placeholders for all others.

        Within quotes are values: a word stays there only if it is a name of the model.

        Args:
            names: strings of the request, in lower case. They are no words, though they look so.
        """
        pieces, end = [], 0
        for match in QUOTED.finditer(text):
            pieces += self._words(text[end : match.start()], vocabulary, names)
            within = match[0][1:-1]
            if within in vocabulary.names and within.lower() not in names:
                pieces.append(f"'{within}'")
            else:
                pieces.append(f"'{self._part('quoted', within)}'" if within else "''")
            end = match.end()
        pieces += self._words(text[end:], vocabulary, names)
        return " ".join(pieces[:WORDS_SHOWN])

    def _words(self, text: str, vocabulary: Vocabulary, names: frozenset[str]) -> list[str]:
        words, was_number = [], False
        for token in text.split():
            core = token.strip(EDGES)
            before, _, after = token.partition(core) if core else (token, "", "")
            # One number after the other may be an account or a telephone, in groups.
            number = re.fullmatch(r"\d{1,3}(:\d{1,3})?", core) and not was_number
            was_number = core.replace(":", "").isdecimal()
            known = core and core.lower() not in names and vocabulary.is_word(core)
            if not core or number or known:
                words.append(token)
            else:
                words.append(f"{before}{self._part('word', core)}{after}")
        return words

    def _part(self, name: str, text: str) -> str:
        if match := ARN.fullmatch(text):
            return self._arn(match)
        if match := IMAGE.fullmatch(text):
            return self._image(match)
        return self._uri(text) if text.startswith("s3://") else self._placeholder(name, text)

    def _placeholder(self, name: str, text: str) -> str:
        return self.names.placeholder(name, text) if text else ""

    def _arn(self, match: re.Match) -> str:
        partition, service, region, account, rest = match.groups()
        kind_of, separator, name = re.match(r"([\w-]*)([:/]?)(.*)", rest).groups()
        if kind_of not in RESOURCES:
            kind_of, separator, name = "", "", rest
        parts = (
            partition if partition in PARTITIONS else "",
            service if service in services() else self._placeholder("service", service),
            region if region in regions() else self._placeholder("region", region),
            account if account in ("", "aws") else self._placeholder("account", account),
            f"{kind_of}{separator}{self._path(name)}",
        )
        return ":".join(("arn", *parts))

    def _path(self, text: str) -> str:
        """Return the parts of a resource's path; a short number at its end is a version."""
        *parts, last = text.split("/")
        names = [self._placeholder("name", part) for part in parts]
        is_version = re.fullmatch(r"\d{1,3}", last)
        return "/".join([*names, last if is_version else self._placeholder("name", last)])

    def _uri(self, text: str) -> str:
        bucket, _, key = text.removeprefix("s3://").partition("/")
        shown = f"s3://{self._placeholder('bucket', bucket)}"
        return f"{shown}/{self._placeholder('key', key)}" if key else shown

    def _image(self, match: re.Match) -> str:
        account, region, domain, repository, tag = match.groups()
        accounts, repositories = images()
        if region not in regions():
            region = self._placeholder("region", region)
        if account in accounts and repository in repositories:
            if tag and not is_tag(tag):
                tag = self._placeholder("tag", tag)
        else:
            account = self._placeholder("account", account)
            repository = self._placeholder("repository", repository)
            tag = self._placeholder("tag", tag or "")
        return f"{account}.dkr.ecr.{region}.{domain}/{repository}" + (f":{tag}" if tag else "")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
