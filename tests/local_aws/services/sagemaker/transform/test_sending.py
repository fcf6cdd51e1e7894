"""Requests go out as the job says, and a file's output is whole and in order."""

import gzip
import json
import threading
import time

import pytest

from local_aws.errors import AwsError
from local_aws.services.sagemaker.hosting.http_client import Answer
from local_aws.services.sagemaker.transform import sending
from local_aws.services.sagemaker.transform.data_processing import DEFAULTS, DataProcessing
from local_aws.services.sagemaker.transform.sending import ALGORITHM, CLIENT, Sending


class Server:
    """A model's server: it answers in capitals, and counts."""

    alive = True

    def __init__(self, said=None):
        self.said, self.bodies, self.seconds, self.headers = said, [], set(), {}
        self.most, self._now, self._lock = 0, 0, threading.Lock()
        self.faults = {}
        """By body, what goes wrong one time after another: statuses and errors."""

    def execution_parameters(self):
        return self.said

    def answer(self, body, headers, seconds):
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        # The later a request, the sooner its answer: order must not depend on that.
        time.sleep(max(0.0, 0.03 - 0.005 * len(self.bodies)))
        with self._lock:
            self.bodies.append(body)
            self._now -= 1
        self.seconds.add(seconds)
        self.headers = headers
        fault = next(self.faults.get(body, iter(())), 200)
        if isinstance(fault, Exception):
            raise fault
        return Answer(fault, "text/plain", body.upper())


@pytest.fixture
def send(store, tmp_path, monkeypatch):
    """Return a function that sends files by a job, and returns outputs, blames and log lines."""
    monkeypatch.setattr(sending, "PAUSE_SECONDS", 0.01)
    (tmp_path / "drafts").mkdir()

    def send(server, files, *, source=None, output=None, keep=None, **job):
        for name, body in files.items():
            store.put("birds", f"in/{name}", body)
        infos = [(store.info("birds", f"in/{name}"), name) for name in files]
        job = {
            "TransformInput": {"SplitType": "None", "CompressionType": "None", **(source or {})},
            "TransformOutput": {"AssembleWith": "None", **(output or {})},
            **job,
        }
        outputs, lines = {}, []
        keep = keep or (lambda name, draft: outputs.update({name: draft.read_bytes()}))
        work = Sending(
            job, server, DataProcessing(DEFAULTS, None, None), threading.Event(), lines.append,
            tmp_path / "drafts", keep,
        )  # fmt: skip
        blames = work.send(infos)
        assert not list((tmp_path / "drafts").iterdir())
        return outputs, blames, lines

    return send


LINES = {"SplitType": "Line"}
SINGLE = {"source": LINES, "BatchStrategy": "SingleRecord"}


def test_answers_are_put_together_in_the_order_of_the_records(send):
    server = Server()
    text = b"".join(b"record %d\n" % number for number in range(40))
    outputs, blames, lines = send(server, {"a": text}, MaxConcurrentTransforms=4, **SINGLE)
    assert (outputs, blames) == ({"a": text.upper()}, [])
    assert server.most == 4 and len(server.bodies) == 40
    assert lines == ["MaxConcurrentTransforms=4, MaxPayloadInMB=6, BatchStrategy=SINGLE_RECORD"]


def test_files_of_one_request_are_on_their_way_together(send):
    server = Server(json.dumps({"MaxConcurrentTransforms": 3}).encode())
    outputs, _, _ = send(server, {str(number): b"x" for number in range(9)})
    assert server.most == 3 and len(outputs) == 9


def test_a_newline_ends_each_answer_where_the_job_asks_for_it(send):
    files, line = {"a": b"x\ny"}, {"AssembleWith": "Line"}
    assert send(Server(), files, output=line, **SINGLE)[0]["a"] == b"X\nY\n"
    assert send(Server(), {"a": b"x"}, output=line)[0]["a"] == b"X\n"


def test_a_payload_without_a_limit_goes_out_in_chunks(send):
    server = Server()
    send(server, {"a": b"x\ny\n"}, source=LINES, MaxPayloadInMB=0)
    assert server.bodies == [b"4\r\nx\ny\n\r\n0\r\n\r\n"]
    assert server.headers["Transfer-Encoding"] == "chunked"


def test_headers_and_the_time_for_an_answer_are_the_jobs(send):
    server = Server()
    send(
        server, {"a": b"x"}, source={"ContentType": "image/jpeg"}, output={"Accept": "text/csv"},
        ModelClientConfig={"InvocationsTimeoutInSeconds": 7},
    )  # fmt: skip
    assert server.headers == {"Content-Type": "image/jpeg", "Accept": "text/csv"}
    assert server.seconds == {7}


def test_gzip_is_unpacked_and_what_is_none_is_the_clients_error(send):
    files = {"a": gzip.compress(b"x"), "b": b"no gzip", "c": gzip.compress(b"x" * 99)[:-9]}
    outputs, blames, _ = send(Server(), files, source={"CompressionType": "Gzip"})
    assert outputs == {"a": b"X"} and blames == [CLIENT, CLIENT]


@pytest.mark.parametrize("fault", [500, 503, 429, ConnectionError("gone"), TimeoutError()])
def test_a_request_is_sent_again_as_often_as_the_job_says(send, fault):
    server = Server()
    server.faults = {b"x": iter([fault] * 2)}
    outputs, blames, _ = send(server, {"a": b"x"}, ModelClientConfig={"InvocationsMaxRetries": 2})
    assert (outputs, blames, len(server.bodies)) == ({"a": b"X"}, [], 3)
    server.faults = {b"x": iter([fault] * 2)}
    outputs, blames, _ = send(server, {"a": b"x"}, ModelClientConfig={"InvocationsMaxRetries": 1})
    assert (outputs, blames) == ({}, [ALGORITHM])


def test_a_server_that_has_ended_is_not_asked_again_and_again(send):
    server = Server()
    server.alive, server.faults = False, {b"x": iter([ConnectionError("gone")] * 9)}
    outputs, blames, _ = send(server, {"a": b"x", "b": b"x"})
    assert (outputs, blames, len(server.bodies)) == ({}, [ALGORITHM] * 2, 2)


def test_what_the_model_refuses_is_not_sent_again(send):
    server = Server()
    server.faults = {b"x": iter([400])}
    outputs, blames, lines = send(server, {"a": b"x", "b": b"y"})
    assert (outputs, blames) == ({"b": b"Y"}, [CLIENT])
    texts = ("ClientError: 400", "", "Message:", "X")
    assert lines[1:] == [f"birds/in/a: {text}" for text in texts]


def test_a_file_with_one_bad_record_has_no_output_and_the_next_has(send):
    server = Server()
    server.faults = {b"bad\n": iter([400])}
    outputs, blames, _ = send(server, {"a": b"x\nbad\ny\n", "b": b"z\n"}, **SINGLE)
    assert (outputs, blames) == ({"b": b"Z\n"}, [CLIENT])


def test_an_output_that_s3_refuses_is_a_failed_file(send):
    def keep(name, draft):
        raise AwsError("NoSuchBucket", "The specified bucket does not exist")

    outputs, blames, lines = send(Server(), {"a": b"x"}, keep=keep)
    assert blames == [CLIENT] and "bucket does not exist" in lines[-1]
