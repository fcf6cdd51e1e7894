"""The last object of a curation's run, whose event tells of the new table; needs boto3 alone."""

import json
from collections.abc import Mapping
from typing import Any

from helpers.s3_uris import parse_uri

SUMMARY = "summary.json"


def tell(s3: Any, place: str, counts: Mapping[str, int], *, again: bool = True) -> None:
    """Write the summary of a run: its counts.

    Args:
        place: URI of the run's folder.
        again: write it also where there is one.
    """
    bucket, folder = parse_uri(place)
    key = f"{folder.rstrip('/')}/{SUMMARY}"
    if again or not s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)["KeyCount"]:
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(counts).encode())
