"""The monitoring job runs in the image of processing, and its report is read back."""

import json

import pytest

from helpers.jobs import Job
from helpers.monitor_jobs import Report, late_labels, read_document, report_of, send_labels
from helpers.monitoring.capture import read_labels
from helpers.s3 import S3Prefix, download_prefix


def check(feature, fired, distance=0.4):
    row = {"feature": feature, "tells_of": "input", "distance": distance, "threshold": 0.2}
    return row | {"fired": fired, "power": 0.9, "size": 60, "kind": "baseline_drift_check"}


def made(name, *checks, **accuracy):
    summary = {"window": 60, "accuracy": {"labeled": 9, "share": 0.5, "low": 0.2, "high": 0.8}}
    summary["accuracy"] |= accuracy
    return Report(name, "s3://b/p", list(checks), summary, None)


def test_a_report_says_what_fired_each_once_and_has_a_row_for_each_comparison():
    report = made("rain", check("snr", True), check("snr", True, None), check("voice", False))
    assert repr(report) == "<Report rain: 60 objects, fired: snr>"
    assert list(report.table.index) == ["snr", "voice"]
    assert repr(made("dry", check("snr", False))).endswith("fired: nothing>")


def test_a_report_of_nothing_has_a_table_without_rows():
    assert made("night").table.empty and repr(made("night")).endswith("fired: nothing>")


def test_a_jobs_report_is_read_from_where_it_was_written(config, client):
    place = config.uri("monitor", "e", "hourly", "id-1")
    document = json.dumps({"checks": [check("snr", True)], "window": 7}).encode()
    S3Prefix(client("s3"), place).write("checks.json", document)
    output = {"S3Output": {"S3Uri": place}}
    description = {"ProcessingOutputConfig": {"Outputs": [output]}}
    job = Job("ProcessingJob", "a", "Completed", 1.0, "ml.m5.large", 1, description)
    assert repr(report_of(config, job)) == "<Report id-1: 7 objects, fired: snr>"


def test_the_cost_of_a_change_is_what_the_check_of_right_says():
    table = late_labels(
        {
            "rain": made("rain", check("snr", True), check("right", True)),
            "speech": made("speech", check("voice", True), check("right", False)),
        }
    )
    assert table["fired without labels"].tolist() == ["snr", "voice"]
    assert table["costs accuracy"].tolist() == [True, False]
    assert table.loc["rain", ["low", "accuracy", "high"]].tolist() == [0.2, 0.5, 0.8]


def test_labels_are_where_the_job_reads_them(config, client, tmp_path):
    place = send_labels(config, {"a-1": "hoopoe", "a-2": "wren"}, "day")
    download_prefix(client("s3"), place.rpartition("/")[0], tmp_path / "labels")
    assert read_labels(tmp_path / "labels") == {"a-1": "hoopoe", "a-2": "wren"}


def test_a_document_that_is_not_there_is_told_of(config):
    with pytest.raises(FileNotFoundError):
        read_document(config, config.uri("monitor", "none"), "checks.json")
