"""Fetches the published data sets from the internet; knows public S3 and Kaggle, no data set.

Here: python -m helpers.fetch birds --to birdclef
      python -m helpers.fetch bins --to bins --list file_list.json
Then: COURSE_RAW=birdclef, and the course runs on it.

Bins: aft-vbi-pds, a public bucket, by a list of ids. Birds: a BirdCLEF competition's archive from
Kaggle. Both continue an interrupted fetch. Only a person starts this, in a terminal: no process
on the local AWS reaches the internet.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from botocore.exceptions import ClientError

from helpers import session
from helpers.datasets import NAMES, load_dataset
from helpers.datasets.fetching import KAGGLE, Fetched
from helpers.s3 import list_objects, open_object

TRIES = 4
_PIECE = 1 << 20


class Outside:
    """The internet: public buckets without credentials, Kaggle with the user's.

    Args:
        url: another address than the publisher's, for either.
        connections: how many a public bucket gets at once.
    """

    def __init__(self, url: str | None = None, connections: int = 32) -> None:
        self.kaggle = url or KAGGLE
        self._url, self._connections = url, connections

    @cached_property
    def _client(self) -> Any:
        return session.public_s3_client(self._url, connections=self._connections)

    def keys(self, uri: str) -> Iterator[str]:
        """Yield the keys below a URI of a public bucket, relative to it, as S3 lists them."""
        return (entry.key for entry in list_objects(self._client, uri))

    def read(self, uri: str, sleep: Callable[[float], None] = time.sleep) -> bytes:
        """Return a small object's bytes; it is read again after temporary errors.

        Raises:
            FileNotFoundError: there is no such object.
            ConnectionError: the connection broke `TRIES` times.
            OSError: the bucket refuses it.
        """
        for attempt in range(TRIES):
            try:
                body = open_object(self._client, uri)
                try:
                    return b"".join(iter(lambda: body.read(_PIECE), b""))  # noqa: B023
                finally:
                    body.close()
            except ConnectionError:
                if attempt == TRIES - 1:
                    raise
                sleep(0.2 * 2**attempt)
            except ClientError as error:
                raise OSError(str(error)) from error
        raise AssertionError("unreachable")

    def kaggle_session(self) -> requests.Session:
        """Return a session with the user's Kaggle credentials.

        Raises:
            LookupError: no credentials are configured.
        """
        return session.kaggle_session()


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    datasets = parser.add_subparsers(dest="dataset", required=True)
    for name in NAMES:
        dataset = load_dataset(name)
        add = datasets.add_parser(name, help=dataset.title).add_argument
        add("--to", type=Path, required=True, help="folder that gets the files: your COURSE_RAW")
        add("--threads", type=int, default=32, help="parallel requests (default 32)")
        add("--url", help="another address than the publisher's: a mirror")
        for flag, settings in dataset.fetch_flags().items():
            add(flag, **settings)
    return parser.parse_args(argv)


def main(args: argparse.Namespace) -> Fetched:
    """Fetch one data set and print the next step."""
    outside = Outside(args.url, args.threads)
    result = load_dataset(args.dataset).fetch(args.to, args, outside)
    for failure in result.failures:
        print(failure.source, "-", failure.reason)
    print(result)
    print(f"Run the course on it with COURSE_DATASET={args.dataset} COURSE_RAW={args.to}")
    return result


if __name__ == "__main__":
    try:
        done = main(parse_args())
    except (OSError, ValueError, LookupError) as error:  # their messages say what to do
        raise SystemExit(f"{type(error).__name__}: {error}") from error
    raise SystemExit(1 if done.failures else 0)
