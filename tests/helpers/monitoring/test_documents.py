"""What is written has the schemas that AWS publishes, and a baseline is read back whole."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy import stats

from helpers.monitoring import documents
from helpers.monitoring.checks import Settings, check, expected
from helpers.monitoring.observations import Column, Observations
from tests.helpers.monitoring.made_windows import made

FEW = Settings(power_rounds=5)
NUMBER, NAME = (int, float), str
COMMON = {"num_present": int, "num_missing": int}
KLL = {
    "buckets": [{"lower_bound": NUMBER, "upper_bound": NUMBER, "count": int}],
    "sketch": {"parameters": {"c": NUMBER, "k": NUMBER}, "data": [[NUMBER]]},
}
NUMERICAL = {
    "common": COMMON, "mean": NUMBER, "sum": NUMBER, "std_dev": NUMBER, "min": NUMBER,
    "max": NUMBER, "distribution": {"kll": KLL},
}  # fmt: skip
STRING = {
    "common": COMMON, "distinct_count": int,
    "distribution": {"categorical": {"buckets": [{"value": NAME, "count": int}]}},
}  # fmt: skip
COMPARISON = {"perform_comparison": NAME, "comparison_threshold": NUMBER, "comparison_method": NAME}
CONFIG = {
    "evaluate_constraints": NAME, "emit_metrics": NAME, "datatype_check_threshold": NUMBER,
    "domain_content_threshold": NUMBER, "distribution_constraints": COMPARISON,
}  # fmt: skip
VIOLATION = {"feature_name": NAME, "constraint_check_type": NAME, "description": NAME}
TYPES = {
    "data_type_check", "completeness_check", "baseline_drift_check", "missing_column_check",
    "extra_column_check", "categorical_values_check",
}  # fmt: skip


def accept(schema, value):
    """Read a document as a strict reader of AWS's published schemas does."""
    if isinstance(schema, dict):
        for name, part in schema.items():
            accept(part, value[name])
    elif isinstance(schema, list):
        assert isinstance(value, list)
        for each in value:
            accept(schema[0], each)
    else:
        assert isinstance(value, schema) and not isinstance(value, bool)


@pytest.fixture(scope="module")
def base():
    return made(300)


@pytest.fixture(scope="module")
def checks(base):
    return check(base, made(60, seed=1, shift=2), FEW)


def through_json(document):
    return json.loads(json.dumps(document, allow_nan=False))


def test_statistics_have_the_published_schema(base):
    document = through_json(documents.statistics(base))
    accept({"version": int, "dataset": {"item_count": int}}, document)
    for feature in document["features"]:
        is_text = feature["inferred_type"] == "String"
        accept(STRING if is_text else NUMERICAL, feature["string_statistics" if is_text else
               "numerical_statistics"])  # fmt: skip
        if not is_text:
            assert len(feature["numerical_statistics"]["distribution"]["kll"]["buckets"]) == 10


def test_constraints_have_the_published_schema_and_each_feature_its_threshold(base):
    plan = expected(base, 60, FEW)
    document = through_json(documents.constraints(base, plan, 0.05))
    accept({"version": int, "monitoring_config": CONFIG}, document)
    limits = {c.feature: c.threshold for c in plan}
    for feature in document["features"]:
        accept({"name": NAME, "inferred_type": NAME, "completeness": NUMBER}, feature)
        own = feature["monitoringConfigOverrides"]["distribution_constraints"]
        assert own["comparison_threshold"] == limits[feature["name"]]
    label = next(f for f in document["features"] if f["name"] == "label")
    assert label["string_constraints"]["domains"] == ["a", "b", "c"]


def test_violations_have_the_published_schema_and_are_the_checks_that_fired(checks):
    document = through_json(documents.violations(checks))
    accept({"violations": [VIOLATION]}, document)
    assert {v["feature_name"] for v in document["violations"]} == {"level"}
    assert all(v["constraint_check_type"] in TYPES for v in document["violations"])


def test_the_sdk_reads_all_three(base, checks):
    from sagemaker.core.model_monitor import monitoring_files

    for kind, document in (
        (monitoring_files.Statistics, documents.statistics(base)),
        (monitoring_files.Constraints, documents.constraints(base, checks, 0.05)),
        (monitoring_files.ConstraintViolations, documents.violations(checks)),
    ):
        read = kind(through_json(document), "s3://bucket/key")
        assert read.body_dict == through_json(document)


def test_the_numbers_are_those_that_scipy_computes(base):
    feature = next(f for f in documents.statistics(base)["features"] if f["name"] == "level")
    found, values = feature["numerical_statistics"], np.array(base.columns["level"].values)
    said = stats.describe(values)
    assert found["mean"] == pytest.approx(said.mean, abs=1e-5)
    assert found["std_dev"] == pytest.approx(np.sqrt(said.variance * 299 / 300), abs=1e-5)
    assert (found["min"], found["max"]) == pytest.approx(said.minmax, abs=1e-5)
    counts = np.histogram(values, 10)[0].tolist()
    buckets = found["distribution"]["kll"]["buckets"]
    assert [bucket["count"] for bucket in buckets] == pytest.approx(counts, abs=1)


def test_a_baseline_is_read_back_as_it_was_with_its_groups_and_its_gaps(base):
    """A number that was rounded would differ from the same number in a window."""
    level = base.columns["level"]
    whole = Observations({**base.columns, "gaps": Column([None, *level.values[1:]], level.groups)})
    document = through_json(documents.statistics(whole))
    assert documents.read_statistics(document).columns == whole.columns
    numbers = document["features"][-1]["numerical_statistics"]
    assert numbers["common"] == {"num_present": 299, "num_missing": 1}
    assert numbers["distribution"]["kll"]["sketch"]["data"] == [level.values[1:]]


def test_statistics_of_another_program_are_refused_with_what_to_do():
    with pytest.raises(ValueError, match="make the baseline again"):
        documents.read_statistics({"features": [{"name": "a"}]})


def test_metrics_have_model_monitors_names_and_one_for_the_alarm(base, checks):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    rows = documents.metrics(checks, base, "e", "s", at)
    values = {row["MetricName"]: row["Value"] for row in rows}
    assert values["violations"] == 1 and values["feature_non_null_level"] == 1
    assert values["feature_baseline_drift_level"] > 0.5 and rows[0]["Timestamp"] == at
    assert rows[0]["Dimensions"][0] == {"Name": "Endpoint", "Value": "e"}


def test_a_window_without_an_object_sends_no_number_of_violations():
    names = {row["MetricName"] for row in documents.metrics([], Observations(), "e", "s")}
    assert not names


def test_the_summary_has_every_check_and_the_accuracy(base, checks):
    window = made(60, seed=1)
    summary = through_json(documents.summary(checks, 0.05, window, base))
    assert len(summary["checks"]) == len(checks) and summary["window"] == 60
    assert summary["accuracy"]["labeled"] == 60
    del window.columns["right"]
    assert documents.summary(checks, 0.05, window, base)["accuracy"]["share"] is None
