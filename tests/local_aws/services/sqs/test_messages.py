"""Two receivers never get the same message, and what a receiver did not get is still there."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from local_aws.services.sqs.messages import Messages
from local_aws.state.clock import Clock
from local_aws.state.documents import Documents
from tests.local_aws.full_disks import no_larger_database

QUEUE = {"name": "q", "arn": "arn:q", "attributes": {"MessageRetentionPeriod": "60"}}


@pytest.fixture
def documents(tmp_path):
    documents = Documents(tmp_path / "documents.sqlite")
    yield documents
    documents.close()


@pytest.fixture
def messages(documents):
    return Messages(documents, Clock())


def test_two_receivers_never_get_the_same_message(messages):
    for number in range(40):
        messages.send("q", str(number), {}, 0)
    with ThreadPoolExecutor(4) as pool:
        received = pool.map(lambda _: messages.receive(QUEUE, 5, 30, None), range(10))
    bodies = [message["body"] for got in received for message in got]
    assert sorted(bodies, key=int) == [str(number) for number in range(40)]


def test_a_queue_has_no_message_of_one_whose_name_begins_like_its_own(messages):
    messages.send("q2", "other", {}, 0)
    messages.send("q", "own", {}, 0)
    assert [message["body"] for message in messages.receive(QUEUE, 10, 30, None)] == ["own"]


def test_on_a_full_disk_a_message_is_refused_and_not_kept(documents, messages):
    with no_larger_database(documents), pytest.raises(Exception, match="full"):
        messages.send("q", "x" * 100_000, {}, 0)
    assert messages.all(QUEUE) == []
