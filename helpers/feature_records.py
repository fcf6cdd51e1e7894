"""Writes and reads the records of a group of features, for notebooks and jobs; makes no group.

Jobs have no pandas: a record is a list of values, as AWS takes it, or a dict of texts.
"""

import random
import time
from collections.abc import Iterable, Sequence
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from helpers.parallel import run_parallel
from helpers.waiting import THROTTLED

RUNTIME = "sagemaker-featurestore-runtime"
THREADS, TRIES = 16, 6
REPORT = "features.json"
"""What scripts_process/features.py writes: the identifiers that it saw, what it set aside."""
AT_ONCE = 100
"""Records of one request: BatchGetRecord takes no more."""


def put_records(
    runtime: Any, group: str, records: Sequence[list[dict[str, str]]], threads: int = THREADS
) -> list[float]:
    """Write records to a group, with a progress bar; return the pauses of those sent again.

    A record is sent again while AWS throttles or can't be reached; if it was there already, the
    second one is historic and changes no read.

    Args:
        runtime: client of RUNTIME.

    Raises:
        ClientError: a record is refused; the others may be written or not.
    """
    again: list[float] = []

    def put(record: list[dict[str, str]]) -> None:
        _patiently(lambda: runtime.put_record(FeatureGroupName=group, Record=record), again)

    run_parallel(put, records, threads=threads, title=f"to {group}", total=len(records))
    return again


def get_records(runtime: Any, group: str, identifiers: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return those of some records that the online store has: their values, by identifier.

    Raises:
        RuntimeError: not all could be read.
    """
    names, found = [*identifiers], {}
    for begin in range(0, len(names), AT_ONCE):
        asked = {
            "FeatureGroupName": group,
            "RecordIdentifiersValueAsString": names[begin : begin + AT_ONCE],
        }
        answer = _answered(runtime, asked)
        for each in answer["Records"]:
            values = {value["FeatureName"]: value["ValueAsString"] for value in each["Record"]}
            found[each["RecordIdentifierValueAsString"]] = values
    return found


def _answered(runtime: Any, asked: dict) -> dict:
    """Return the answer to one request; what AWS leaves unprocessed in it is asked for again."""
    answers, left = [], [asked]
    for number in range(1, TRIES + 1):
        answer = runtime.batch_get_record(Identifiers=left)
        answers += answer["Records"]
        if answer["Errors"]:
            raise RuntimeError(f"Not all records could be read: {answer['Errors'][:3]}")
        if not (left := answer["UnprocessedIdentifiers"]):
            return {"Records": answers}
        time.sleep(_pause(number))
    raise RuntimeError(f"Not all records could be read: AWS left some out {TRIES} times")


def _patiently(send: Any, again: list[float]) -> None:
    """Send a request up to `TRIES` times, with pauses that double."""
    for number in range(1, TRIES + 1):
        try:
            send()
            return
        except (ClientError, ConnectionError, HTTPClientError) as error:
            if number == TRIES or not _passes(error):
                raise
        again.append(_pause(number))
        time.sleep(again[-1])


def _pause(number: int) -> float:
    return random.uniform(0.5, 1.0) * 0.1 * 2**number


def _passes(error: Exception) -> bool:
    if not isinstance(error, ClientError):
        return True
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return error.response["Error"]["Code"] in THROTTLED or status >= 500
