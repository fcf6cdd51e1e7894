"""A failed query has Trino's words, with the place, and Athena's categories."""

import pytest

from local_aws.services.athena.failures import (
    MalformedQuery,
    Position,
    QueryFailed,
    athena_error,
    mismatched,
)


@pytest.mark.parametrize(
    "failure, reason",
    [
        (QueryFailed("TYPE_MISMATCH", "no"), "TYPE_MISMATCH: no"),
        (QueryFailed("TYPE_MISMATCH", "no", Position(2, 7)), "TYPE_MISMATCH: line 2:7: no"),
        (QueryFailed("", "FAILED: no"), "FAILED: no"),
        (MalformedQuery("no", Position(1, 1)), "line 1:1: no"),
        (
            mismatched("FORM", "'FROM'", Position(1, 3)),
            "line 1:3: mismatched input 'FORM'. Expecting: 'FROM'",
        ),
    ],
)
def test_a_reason_is_the_code_the_place_and_the_words(failure, reason):
    assert failure.reason == str(failure) == reason


@pytest.mark.parametrize(
    "code, category, kind, retryable",
    [
        ("TABLE_NOT_FOUND", 2, 1301, False),
        ("", 2, 1006, False),
        ("GENERIC_INTERNAL_ERROR", 1, 1, True),
    ],
)
def test_the_systems_own_faults_alone_may_be_tried_again(code, category, kind, retryable):
    told = athena_error(QueryFailed(code, "no"))
    error = (told["ErrorCategory"], told["ErrorType"], told["Retryable"])
    assert error == (category, kind, retryable)
