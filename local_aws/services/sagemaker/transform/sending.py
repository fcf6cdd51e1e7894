"""Sends an instance's files to its model's server, request by request; starts no server.

An output is kept once its whole file is answered, and a file that fails ends no other:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformOutput.html
"""

import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from local_aws.errors import AwsError
from local_aws.services.sagemaker.hosting.http_client import Answer
from local_aws.services.sagemaker.hosting.server_process import ServerProcess
from local_aws.services.sagemaker.transform.data_processing import DataProcessing, Unfit
from local_aws.services.sagemaker.transform.mini_batches import MB, Cut, TooLarge
from local_aws.services.sagemaker.transform.parameters import Parameters
from local_aws.state import paths
from local_aws.state.objects.store import ObjectInfo

PAUSE_SECONDS = 0.2
"""Before a request is sent again; twice as long each time."""
CLIENT, ALGORITHM = "ClientError", "AlgorithmError"
"""Whose fault a failure is, as the reason of a job begins."""
TOO_MANY = 429
Keep = Callable[[str, Path], object]
"""Stores the output of a file, by the file's name."""


class Unanswered(Exception):
    """A request has no good answer; the message is AWS's in the data log.

    https://github.com/aws/sagemaker-tensorflow-serving-container/issues/93 has such a log.
    """

    def __init__(self, blame: str, message: str):
        super().__init__(message)
        self.blame = blame


@dataclass
class Output:
    """The output of one file, while it grows."""

    info: ObjectInfo
    name: str
    draft: Path
    failure: Unanswered | None = None


class Sending:
    """The requests of one instance.

    Args:
        processing: what is done to records.
        stopping: set when the job stops.
        say: writes a line to the data log.
        folder: for drafts of outputs.
    """

    def __init__(
        self, job: dict, server: ServerProcess, processing: DataProcessing,
        stopping: threading.Event, say: Callable[[str], object], folder: Path, keep: Keep,
    ):  # fmt: skip
        self._server, self._processing, self._stopping = server, processing, stopping
        self._say, self._folder, self._keep = say, folder, keep
        self._parameters = Parameters.of(job, server.execution_parameters())
        source, accept = job["TransformInput"], job["TransformOutput"].get("Accept")
        self._cut = Cut(
            by_line=source["SplitType"] == "Line",
            is_single=self._parameters.strategy == "SINGLE_RECORD",
            most=self._parameters.payload_mb * MB,
            is_gzip=source["CompressionType"] == "Gzip",
        )
        headers = {"Content-Type": source.get("ContentType"), "Accept": accept}
        self._headers = {name: value for name, value in headers.items() if value}
        self._end = b"\n" if job["TransformOutput"]["AssembleWith"] == "Line" else b""
        self._blames: list[str] = []

    def send(self, files: Iterable[tuple[ObjectInfo, str]]) -> list[str]:
        """Send all files, keep the outputs, and return for each failed file whose fault it is."""
        self._say(str(self._parameters))
        # What is done in order with the answers, for as many requests as are on their way: those of
        # one file, or of the next ones.
        todo: deque[Callable[[], object]] = deque()
        with ThreadPoolExecutor(self._parameters.concurrent, "transform") as pool:
            for number, (info, name) in enumerate(files):
                output = Output(info, name, paths.child(self._folder, str(number)))
                output.draft.touch()
                for body in self._bodies(output):
                    while len(todo) >= 2 * self._parameters.concurrent:
                        todo.popleft()()
                    future = pool.submit(self._ask, body)
                    todo.append(partial(self._add, output, future))
                todo.append(partial(self._finish, output))
            while todo:
                todo.popleft()()
        return self._blames

    def _bodies(self, output: Output) -> Iterator[bytes]:
        """Yield the bodies of a file's requests until one has failed or the job stops."""
        try:
            for body in self._cut.bodies(output.info.path):
                if output.failure or self._stopping.is_set():
                    return
                yield body
        except (TooLarge, OSError, EOFError, zlib.error) as error:
            output.failure = output.failure or Unanswered(CLIENT, f"{CLIENT}: {error}")

    def _ask(self, body: bytes) -> bytes:
        """Return what the output has of a request's answer.

        Raises:
            Unanswered: there is no good answer.
        """
        try:
            answer = self._answer(self._processing.sent(body))
            kept = self._processing.kept(body, answer.body, answer.content_type)
        except Unfit as error:
            raise Unanswered(CLIENT, f"{CLIENT}: {error}") from error
        return kept if kept.endswith(self._end) else kept + self._end

    def _answer(self, body: bytes) -> Answer:
        """Return the server's good answer, after as many tries as the job allows."""
        sent, headers, failure = body, self._headers, None
        if not self._cut.most:
            sent, headers = _chunked(body), {**headers, "Transfer-Encoding": "chunked"}
        for number in range(1 + self._parameters.retries):
            if number:
                self._stopping.wait(PAUSE_SECONDS * 2 ** (number - 1))
            if self._stopping.is_set():
                break
            try:
                answer = self._server.answer(sent, headers, self._parameters.timeout)
            except OSError as error:
                why = f"Unable to get response from algorithm: {error}"
                failure = Unanswered(ALGORITHM, why)
                if not self._server.alive:
                    break  # a container that has ended is not replaced: it fails the job
                continue
            if answer.status < 400:
                return answer
            text = f"\n\nMessage:\n{answer.body.decode(errors='replace')}"
            if answer.status < 500 and answer.status != TOO_MANY:
                raise Unanswered(CLIENT, f"{CLIENT}: {answer.status}{text}")
            why = f"Bad HTTP status received from algorithm: {answer.status}{text}"
            failure = Unanswered(ALGORITHM, why)
        raise failure or Unanswered(CLIENT, f"{CLIENT}: the job was stopped")

    def _add(self, output: Output, future: "Future[bytes]") -> None:
        """Add a request's answer to its file's output."""
        if output.failure and future.cancel():
            return
        try:
            answer = future.result()
            with output.draft.open("ab") as file:
                file.write(answer)
        except Unanswered as error:
            output.failure = output.failure or error

    def _finish(self, output: Output) -> None:
        """Keep the output of a file that is answered whole; say why another one has none."""
        if self._stopping.is_set():
            return
        if not output.failure:
            try:
                self._keep(output.name, output.draft)
            except AwsError as error:
                output.failure = Unanswered(CLIENT, f"{CLIENT}: {error.message}")
        if output.failure:
            self._blames.append(output.failure.blame)
            for line in str(output.failure).splitlines():
                self._say(f"{output.info.bucket}/{output.info.key}: {line}")
        output.draft.unlink()


def _chunked(body: bytes) -> bytes:
    """Return a body in one chunk, as HTTP/1.1 has it."""
    chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n" if body else b""
    return chunk + b"0\r\n\r\n"
