"""What a process prints is taken to its end, whatever it holds and whoever fails over it."""

import io
import subprocess
import sys
import tracemalloc

import pytest

from local_aws.instances.log_streams import LogWriter
from local_aws.instances.output import Output, read_lines
from local_aws.state.clock import Clock


@pytest.mark.parametrize(
    "text, lines",
    [
        ("a\nb", ["a", "b"]),
        ("\n\na\n", ["", "", "a"]),
        ("a" * 9, ["aaaa", "aaaa", "a"]),
        ("a" * 8 + "\nb\n", ["aaaa", "aaaa", "b"]),
        ("aaaa\n\nb\n", ["aaaa", "", "b"]),
        ("", []),
    ],
)
def test_a_line_that_is_too_long_comes_in_pieces(text, lines):
    assert list(read_lines(io.StringIO(text), most=4)) == lines


def test_a_line_without_end_does_not_take_the_memory():
    command = [sys.executable, "-c", "for _ in range(64): print('x' * 2**20, end='')"]
    sizes = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        tracemalloc.start()
        output = Output(process.stdout, lambda line: sizes.append(len(line)), 100)
        output.start()
        output.join()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert sum(sizes) == 64 * 2**20 and most < 2**24


def test_a_reader_survives_whatever_its_taker_raises(caplog):
    taken, ended = [], []

    def take(line):
        taken.append(line)
        raise OSError(28, "No space left on device")

    output = Output(io.StringIO("a\nb\nc\n"), take, 2, lambda: ended.append(True))
    output.start()
    output.join()
    assert (taken, output.tail, ended) == (["a", "b", "c"], ["b", "c"], [True])
    assert caplog.text.count("Traceback") == 1


class Logs:
    """A log that takes nothing while it is full."""

    def __init__(self):
        self.full, self.lines = False, []

    def __call__(self, service, operation, request):
        if self.full:
            raise OSError(28, "No space left on device")
        self.lines += [event["message"] for event in request["logEvents"]]


def test_a_stream_says_what_it_misses_once_it_can(caplog):
    logs = Logs()
    writer = LogWriter(logs, Clock(), "group", "stream")
    for number in range(6):
        logs.full = number in (1, 2, 4, 5)
        writer.write(str(number))
    logs.full = False
    writer.close()
    full = "The disk that holds the local AWS is full: free some space and try again."
    missing = f"[2 lines are missing here: {full}]"
    assert logs.lines == ["0", missing, "3", missing]
    assert caplog.text.count("group/stream: lines are lost") == 2


def test_what_a_stream_never_could_say_is_in_the_servers_log(caplog):
    logs = Logs()
    logs.full = True
    writer = LogWriter(logs, Clock(), "group", "stream")
    writer.write("a", "b")
    writer.close()
    assert logs.lines == [] and "group/stream: 2 lines are lost" in caplog.text
