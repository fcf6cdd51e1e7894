"""Parses and joins S3 URIs; it knows texts, and calls no service."""

SCHEME = "s3://"


def is_uri(location: str) -> bool:
    """Return whether a location is an S3 URI rather than a folder."""
    return location.startswith(SCHEME)


def parse_uri(uri: str) -> tuple[str, str]:
    """Return (bucket, key) of `s3://bucket/key`; the key may be empty.

    Raises:
        ValueError: not an S3 URI.
    """
    # No urlsplit: a key may hold `?` and `#`.
    bucket, _, key = uri.removeprefix(SCHEME).partition("/")
    if not is_uri(uri) or not bucket:
        raise ValueError(f"Expected s3://bucket/prefix, got {uri!r}")
    return bucket, key


def join_uri(uri: str, *parts: str) -> str:
    """Append parts to a URI or a folder with one slash between."""
    return "/".join([uri.rstrip("/"), *(part.strip("/") for part in parts)])
