"""Types for fetching a published data set: the internet, the result; fetch.py implements them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from helpers.samples import Remark

if TYPE_CHECKING:
    import requests

KAGGLE = "https://www.kaggle.com"


class Internet(Protocol):
    """The internet, as a data set's `fetch` uses it."""

    kaggle: str
    """Address of Kaggle, without a slash at its end."""

    def keys(self, uri: str) -> Iterator[str]:
        """Yield the keys below a URI of a public bucket, relative to it, as S3 lists them."""

    def read(self, uri: str) -> bytes:
        """Return one small object of a public bucket.

        Raises:
            OSError: it can't be read; FileNotFoundError if there is no such object.
        """

    def kaggle_session(self) -> "requests.Session":
        """Return a session with the user's Kaggle credentials.

        Raises:
            LookupError: no credentials are configured.
        """


@dataclass(frozen=True)
class Fetched:
    """The result of a fetch."""

    new: int
    kept: int
    """Objects that were there already."""
    size: int
    """Bytes of the new objects."""
    seconds: float
    failures: tuple[Remark, ...] = ()

    def __repr__(self) -> str:
        rate = self.size / 1e6 / max(self.seconds, 1e-9)
        return (
            f"<Fetched: {self.new:,} new ({self.size / 1e6:,.0f} MB, {self.seconds:.0f} s, "
            f"{rate:.0f} MB/s), {self.kept:,} kept, {len(self.failures):,} failed>"
        )
