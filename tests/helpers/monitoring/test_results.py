"""A job leaves the files of the contract, and its exit message."""

import json
from datetime import UTC, datetime

import pytest

from helpers.monitoring import results
from helpers.monitoring.checks import Settings, check, expected
from tests.helpers.monitoring.made_windows import made

FEW = Settings(power_rounds=5)


def test_a_window_leaves_three_documents_the_checks_and_a_page(tmp_path):
    base, window = made(300), made(60, seed=1, shift=2)
    checks = check(base, window, FEW)
    results.write_window(tmp_path / "out", base, window, checks, FEW, title="t")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "statistics.json", "constraints.json", "constraint_violations.json", "checks.json",
        "report.html",
    }  # fmt: skip
    results.write_baseline(tmp_path / "base", base, expected(base, 60, FEW), FEW)
    assert (tmp_path / "base/statistics.json").is_file()


def test_a_number_that_json_lacks_is_not_written(tmp_path):
    with pytest.raises(ValueError):
        results.write(tmp_path, "a.json", {"a": float("nan")})


def test_metrics_are_lines_with_a_time_as_the_contract_has_it(tmp_path):
    metric = {"MetricName": "m", "Timestamp": datetime(2026, 1, 2, 3, tzinfo=UTC), "Value": 1.0}
    results.write_metrics(tmp_path / "cloudwatch", [metric, metric])
    lines = (tmp_path / "cloudwatch" / results.METRICS_FILE).read_text().splitlines()
    assert [json.loads(line)["Timestamp"] for line in lines] == ["2026-01-02T03:00:00Z"] * 2


def test_the_exit_message_tells_of_violations():
    assert results.exit_message(0, 9) == "Completed: Job completed successfully with no violations."
    assert results.exit_message(3, 9).startswith("CompletedWithViolations:")
    assert results.exit_message(3, 0).startswith("CompletedWithViolations:")
    assert results.exit_message(0, 0) == results.EMPTY
