"""The output of a process is read to its end, whatever it contains and `on_line` raises."""

import io
import subprocess
import sys
import tracemalloc

import pytest

from local_aws.instances.output import Output, read_lines


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
