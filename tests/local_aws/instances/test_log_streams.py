"""A log stream takes a process's lines after errors too, and reports missing lines."""

from local_aws.instances.log_streams import LogWriter
from local_aws.state.clock import Clock


class Logs:
    """A log that refuses lines while it is full."""

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
