"""Waiting outlasts errors that pass, and says what to do about others; nothing waits otherwise."""

from functools import partial

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, TokenRetrievalError

from helpers import waiting
from tests.helpers.test_job_code import sources

OFFLINE = EndpointConnectionError(endpoint_url="https://api.sagemaker")
NO_TOKEN = TokenRetrievalError(provider="sso", error_msg="expired")
WAITERS = ("get_waiter(", ".wait_for_status(", ".wait_for_delete(", "wait=True", "logs=True")


def refused(code, status=400):
    """Return a service's error."""
    facts = {"Error": {"Code": code, "Message": "no"}}
    return ClientError({**facts, "ResponseMetadata": {"HTTPStatusCode": status}}, "DescribeJob")


def wait(*answers):
    """Wait over answers, errors among them, and return the last one."""
    answers = iter(answers)

    def read():
        if isinstance(answer := next(answers), Exception):
            raise answer
        return {"status": answer}

    return waiting.until(read, lambda it: it["status"] == "Done", name="job", words=str, pause=0.0)[
        "status"
    ]


def test_a_state_is_asked_for_until_it_is_final():
    assert wait("Starting", "Running", "Done") == "Done"


@pytest.mark.parametrize(
    "error", [refused("ThrottlingException"), refused("InternalFailure", 503), OFFLINE], ids=str
)
def test_an_error_that_passes_is_outlasted(error):
    assert wait("Running", *[error] * (waiting.TRIES - 1), "Running", error, "Done") == "Done"


@pytest.mark.parametrize(
    "error, step",
    [
        (refused("ExpiredTokenException"), "log in again"),
        (refused("UnrecognizedClientException"), "log in again"),
        (NO_TOKEN, "log in again"),
        (refused("AccessDeniedException"), "docs/user-policy-"),
    ],
)
def test_who_may_not_ask_is_told_at_once_what_to_do(error, step):
    with pytest.raises(waiting.NotTold, match=f"job goes on by itself, but .*: .*{step}"):
        wait("Running", error)


def test_after_many_failures_in_a_row_the_wait_ends_and_says_how_to_go_on():
    with pytest.raises(waiting.NotTold, match="run this cell again to wait on"):
        wait("Running", *[OFFLINE] * waiting.TRIES)


def test_a_request_that_is_wrong_is_not_repeated():
    with pytest.raises(ClientError, match="ValidationException"):
        wait(refused("ValidationException"))


@pytest.mark.parametrize("waiter", WAITERS)
def test_the_course_waits_in_no_other_way(waiter):
    """Those of the SDKs stop at the first error, or follow a log whose lines are late."""
    elsewhere = ("local_aws/", "tools/")
    texts = {path: text for path, text in sources().items() if not path.startswith(elsewhere)}
    assert [path for path, text in texts.items() if waiter in text] == []


def answer(*answers):
    """Ask for one answer, over errors before it."""
    answers = iter(answers)

    def read():
        if isinstance(value := next(answers), Exception):
            raise value
        return value

    return waiting.answer_of(read, name="each model", pause=0.0)


def test_an_answer_is_asked_for_until_an_error_has_passed():
    assert answer(*[refused("ThrottlingException"), OFFLINE], 7) == 7
    with pytest.raises(waiting.NotTold, match="each model can't be asked for"):
        answer(*[OFFLINE] * waiting.TRIES)


def test_a_refused_question_is_the_callers_matter():
    for code in ("AccessDeniedException", "ValidationException"):
        with pytest.raises(ClientError, match=code):
            answer(refused(code))


def test_a_late_list_is_read_until_it_has_all_that_was_made():
    lists = iter([{"old": 0}, {"old": 0, "a": 1}, {"old": 0, "a": 1, "b": 2}])
    shown = waiting.until_listed(lambda: next(lists), ["a", "b"], what="rules", pause=0)
    assert shown == {"old": 0, "a": 1, "b": 2}


def test_what_is_never_listed_is_an_error_that_says_who_may_have_deleted_it():
    with pytest.raises(waiting.NotSeen, match="1 of 2 after 0 s: .* deleted one of a, b;"):
        waiting.until_listed(lambda: {"a": 1}, ["a", "b"], what="rules", pause=0.01, limit=0.05)


def test_a_limit_ends_no_wait_whose_answer_is_final_or_unknown():
    answers = iter([OFFLINE, OFFLINE, {"status": "Done"}])

    def read():
        if isinstance(answer := next(answers), Exception):
            raise answer
        return answer

    wait = partial(waiting.until, name="job", words=str, pause=0, limit=-1)
    assert wait(read, lambda answer: answer["status"] == "Done") == {"status": "Done"}
