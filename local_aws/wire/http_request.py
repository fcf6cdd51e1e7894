"""One HTTP request as its client sent it: method, path, query, headers. Knows no service."""

from functools import cached_property
from urllib.parse import parse_qsl

from local_aws.errors import AwsError
from local_aws.wire.signatures import Scope, read_scope

HEADERS = "local_aws.headers"
"""Key of the headers with their original names: WSGI's don't distinguish "_" from "-"."""
MAY_READ = "local_aws.may_read"
"""Key of a function that says whether the caller may read an object, given bucket and key."""


class HttpRequest:
    """Method, path, query, headers and signature of one request; without its body.

    Args:
        environ: the WSGI environment.
    """

    def __init__(self, environ: dict):
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        self.path: str = environ["PATH_INFO"]
        self.query: str = environ.get("QUERY_STRING", "")
        self.headers = _headers(environ)
        """The headers by lower-case name."""

    @property
    def raw_path(self) -> str:
        """Return the path as it was signed, URL-encoded."""
        return self.environ.get("RAW_URI", self.path).partition("?")[0]

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        """Return the query's names and values."""
        return parse_qsl(self.query, keep_blank_values=True)

    @cached_property
    def scope(self) -> Scope | None:
        """Return the credential scope of the signature; None if the request is not signed.

        Raises:
            AwsError: `IncompleteSignature`.
        """
        return read_scope(self.headers, self.query)

    @property
    def signed_for(self) -> str:
        """Return the name of the service that the request is signed for, unchecked; or ''."""
        try:
            return self.scope.service if self.scope else ""
        except AwsError:
            return ""


def _headers(environ: dict) -> dict[str, str]:
    pairs = environ.get(HEADERS)
    if pairs is None:
        pairs = [
            (name.removeprefix("HTTP_").replace("_", "-"), value)
            for name, value in environ.items()
            if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        ]
    return {name.lower(): value for name, value in pairs}
