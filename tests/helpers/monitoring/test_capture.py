"""Captured lines are read as AWS documents them, and a line that can't be read is told of."""

import base64
import json
from datetime import UTC, datetime

from helpers.monitoring import capture
from helpers.storage import LocalFolder

ANSWER = {"label": "a", "probabilities": {"a": 0.9, "b": 0.1}}


def line(second, body, answer, kind="audio/ogg", **event):
    """Return a line as SageMaker writes it."""
    answer = json.dumps(answer)
    return json.dumps(
        {
            "captureData": {
                "endpointInput": {
                    "observedContentType": kind, "mode": "INPUT", "encoding": "BASE64",
                    "data": base64.b64encode(body).decode(),
                },
                "endpointOutput": {
                    "observedContentType": "application/json", "mode": "OUTPUT", "data": answer,
                    "encoding": "JSON",
                },
            },
            "eventMetadata": {
                "eventId": f"e{second}", "inferenceTime": f"2026-01-01T10:00:{second:02}Z", **event,
            },
            "eventVersion": "0",
        }
    )  # fmt: skip


def write(folder, *lines):
    place = folder / "endpoint/AllTraffic/2026/01/01/10"
    place.mkdir(parents=True)
    (place / "00-00-000-x.jsonl").write_text("".join(f"{each}\n" for each in lines))


def at(second):
    return datetime(2026, 1, 1, 10, 0, second, tzinfo=UTC)


def test_the_time_of_an_event_decides_and_its_own_id_names_it(tmp_path):
    write(tmp_path, *(line(i, b"x", ANSWER, inferenceId=f"mine-{i}") for i in (4, 3, 2, 1)))
    traffic = capture.read(LocalFolder(tmp_path), at(2), at(4))
    assert [each.name for each in traffic.objects] == ["mine-2", "mine-3"]
    assert traffic.objects[0].data == b"x" and traffic.objects[0].answer == ANSWER
    assert len(capture.read(LocalFolder(tmp_path)).objects) == 4 and not traffic.faults


def test_only_the_hours_of_a_span_and_those_beside_it_are_read(tmp_path):
    class Noted(LocalFolder):
        def read(self, key, size=None):
            keys.append(key.rpartition("/")[0])
            return super().read(key, size)

    keys, hours = [], [f"e/v/2026/01/01/{hour:02}" for hour in range(6, 15)]
    for hour in hours:
        (tmp_path / hour).mkdir(parents=True)
        (tmp_path / hour / "a.jsonl").write_text("")
    capture.read(Noted(tmp_path), at(0), at(59))
    assert keys == hours[3:6]
    keys.clear()
    capture.read(Noted(tmp_path), at(0).replace(hour=9, minute=59), at(0))
    assert keys == hours[2:5]
    keys.clear()
    capture.read(Noted(tmp_path))
    assert keys == hours


def test_a_batch_is_as_many_objects_and_one_without_an_answer_has_none(tmp_path):
    body = {"instances": [{"data": base64.b64encode(b).decode()} for b in (b"one", b"two")]}
    answers = {"predictions": [ANSWER, {"error": "no sound", "status": 400}]}
    write(tmp_path, line(1, json.dumps(body).encode(), answers, "application/json; charset=utf-8"))
    one, two = capture.read(LocalFolder(tmp_path)).objects
    assert (one.name, one.data, one.answer) == ("e1/0", b"one", ANSWER)
    assert (two.name, two.data, two.answer) == ("e1/1", b"two", None)


def test_a_line_that_cannot_be_read_is_told_of_and_the_others_are_read(tmp_path):
    write(tmp_path, "{", json.dumps({"captureData": {}}), line(1, b"x", ANSWER))
    traffic = capture.read(LocalFolder(tmp_path))
    assert len(traffic.objects) == 1 and len(traffic.faults) == 2
    assert all("00-00-000-x.jsonl:" in place for place in traffic.faults)


def test_labels_are_read_back_and_a_later_file_corrects(tmp_path):
    (tmp_path / "1.jsonl").write_text(f"{capture.label_line('a', 'x')}\n")
    (tmp_path / "2.jsonl").write_text(f"{capture.label_line('a', 'y')}\n")
    assert capture.read_labels(tmp_path) == {"a": "y"}
    assert capture.read_labels(tmp_path / "none") == {}
