"""A job's script ends with its metrics, or with its reason where the job takes it from."""

import argparse

import pytest

from helpers.job_run import LONGEST, run, tell
from helpers.metrics import END


def test_the_metrics_are_the_last_lines(tmp_path, capsys):
    run(lambda arguments: {"rows": 3.0}, argparse.Namespace(message=tmp_path / "message"))
    assert capsys.readouterr().out.splitlines() == ["rows=3;", END]
    assert not (tmp_path / "message").exists()


def test_a_failure_leaves_its_reason_and_its_trace(tmp_path, capsys):
    def main(arguments: argparse.Namespace) -> dict[str, float]:
        raise LookupError("no shards there")

    with pytest.raises(SystemExit, match="LookupError: no shards there"):
        run(main, argparse.Namespace(message=str(tmp_path / "message")))
    assert (tmp_path / "message").read_text("utf-8") == "LookupError: no shards there"
    assert "Traceback" in capsys.readouterr().err


def test_a_message_is_cut_and_left_out_where_no_container_has_a_place(tmp_path):
    tell(tmp_path / "message", "x" * 2000)
    assert len((tmp_path / "message").read_text("utf-8")) == LONGEST
    tell(tmp_path / "none" / "message", "x")
    assert not (tmp_path / "none").exists()
