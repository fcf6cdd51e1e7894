"""Records are filtered, joined and numbered as the documentation's examples are."""

import json

import pytest

from local_aws.services.sagemaker.transform.data_processing import (
    DEFAULTS,
    DataProcessing,
    Unfit,
    form_of,
)

CSV, JSON, LINES = "text/csv", "application/json", "application/jsonlines"


def processing(content_type, time=None, **config):
    return DataProcessing({**DEFAULTS, **config}, form_of(content_type), time)


def test_without_a_filter_not_a_byte_changes():
    plain = processing("audio/ogg")
    assert plain.sent(b"\xff") == b"\xff"
    assert plain.kept(b"\xff", b'{ "a":1}', JSON) == b'{ "a":1}'


def test_the_input_filter_drops_a_column_of_every_row():
    body = b'1,"a,b",x\n2,c,y\n'
    assert processing(CSV, InputFilter="$[1:]").sent(body) == b'"a,b",x\nc,y\n'


def test_the_input_filter_takes_an_attribute():
    body = b'{"id": 1, "features": [1, 2]}'
    assert json.loads(processing(JSON, InputFilter="$.features").sent(body)) == [1, 2]


def test_rows_are_joined_with_their_answers():
    joins = processing(CSV, InputFilter="$[1:]", JoinSource="Input", OutputFilter="$[0,-1]")
    assert joins.kept(b"7,a,b\n8,c,d\n", b"0.5\n0.25\n", CSV) == b"7,0.5\n8,0.25\n"


def test_objects_are_joined_under_the_documented_names():
    joins = processing(LINES, JoinSource="Input")
    answer = joins.kept(b'{"id": 1}\n[2]\n', b'{"p": 3}\n4\n', LINES)
    assert [json.loads(line) for line in answer.splitlines()] == [
        {"id": 1, "SageMakerOutput": {"p": 3}},
        {"SageMakerInput": [2], "SageMakerOutput": 4},
    ]
    picks = processing(JSON, JoinSource="Input", OutputFilter="$['id','SageMakerOutput']")
    joined = picks.kept(b'{"id": 1, "x": 2}', b"0.5", JSON)
    assert json.loads(joined) == {"id": 1, "SageMakerOutput": 0.5}


def test_each_answer_gets_an_identity_and_the_time():
    time = "2022-08-30T00:49:15Z"
    row, other = processing(CSV, time).kept(b"a\nb\n", b"0\n1\n", CSV).decode().splitlines()
    assert row.startswith("0,") and row.endswith(f",{time}") and row.split(",")[1] not in other
    value = json.loads(processing(JSON, time).kept(b"{}", b'{"output": 0}', JSON))
    assert value.keys() == {"output", "SageMakerInferenceId", "SageMakerInferenceTime"}


@pytest.mark.parametrize(
    "config, body, answer, kind, why",
    [
        ({"JoinSource": "Input"}, b"1\n2\n", b"1\n", CSV, "2 records have 1 answers"),
        ({"JoinSource": "Input"}, b"1\n", b"{}", JSON, "can't be joined"),
        ({"OutputFilter": "$[5]"}, b"1\n", b"1\n", CSV, "no such part"),
        ({"OutputFilter": "$.a"}, b"1\n", b"{no", JSON, "not valid json"),
    ],
)
def test_what_does_not_fit_is_an_error(config, body, answer, kind, why):
    with pytest.raises(Unfit, match=why):
        processing(CSV, **config).kept(body, answer, kind)


def test_bytes_of_another_type_can_not_be_numbered():
    with pytest.raises(Unfit, match="only CSV and JSON"):
        processing("audio/ogg", "now").kept(b"\xff", b"\xff", "image/png")
