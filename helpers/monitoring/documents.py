"""Makes and reads Model Monitor's documents: statistics, constraints, violations; no service.

Schemas: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-statistics.html,
model-monitor-byoc-constraints.html and model-monitor-interpreting-violations.html beside it. They
let a container add members of its own: `groups` of the baseline's objects, without which no
window could be drawn as traffic comes. A sketch is exact as long as it has no more values than its
parameter k, and then has one level, so the baseline's values are in it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from helpers.monitoring import thresholds
from helpers.monitoring.checks import Check, kind_of
from helpers.monitoring.observations import Column, Observations
from helpers.monitoring.truth import accuracy

STATISTICS, CONSTRAINTS, VIOLATIONS = (
    "statistics.json", "constraints.json", "constraint_violations.json",
)  # fmt: skip
CHECKS, REPORT = "checks.json", "report.html"
"""All checks, and the page for a person: files of our own."""
SKETCH_C, SKETCH_K = 0.64, 2048
"""Parameters of a KLL sketch; up to K values it keeps all: Karnin, Lang and Liberty, 2016."""
BUCKETS = 10
"""Of a distribution: Model Monitor has always ten."""
NUMBER, TEXT = "Fractional", "String"


def statistics(observations: Observations) -> dict:
    """Return the document of a set of objects."""
    return {
        "version": 0,
        "dataset": {"item_count": len(observations)},
        "features": [
            _numbers(name, column) if column.is_number else _texts(name, column)
            for name, column in observations.columns.items()
        ],
        "unreadable": observations.unreadable,
    }


def read_statistics(document: Mapping) -> Observations:
    """Return the columns of a baseline's statistics.

    Raises:
        ValueError: it is no document that `statistics` wrote; the message says which part.
    """
    observations = Observations(unreadable=dict(document.get("unreadable", {})))
    for feature in document["features"]:
        name, custom = feature["name"], feature.get("objects")
        if custom is None:
            raise ValueError(f"The baseline's {name} has no `objects`: make the baseline again")
        observations.columns[name] = Column(custom["values"], custom["groups"])
    return observations


def constraints(baseline: Observations, checks: Sequence[Check], rate: float) -> dict:
    """Return the document of what traffic must satisfy, with each feature's own threshold.

    `false_alarm_rate` is for traffic of the baseline's groups, `strangers_rate` for that of others.
    """
    groups = max(baseline.columns.values(), key=lambda each: len(each.values)).groups
    size = max((check.size for check in checks), default=1)
    limits = {check.feature: check.threshold for check in checks if check.threshold is not None}
    features = []
    for name, column in baseline.columns.items():
        known = column.known.values
        feature: dict = {
            "name": name,
            "inferred_type": NUMBER if column.is_number else TEXT,
            "completeness": column.completeness,
        }
        if column.is_number:
            feature["num_constraints"] = {"is_non_negative": bool(min(known, default=0) >= 0)}
        else:
            feature["string_constraints"] = {"domains": sorted(set(known))}
        if name in limits:
            feature["monitoringConfigOverrides"] = {
                "distribution_constraints": _comparison(limits[name])
            }
        features.append(feature)
    return {
        "version": 0,
        "features": features,
        "monitoring_config": {
            "evaluate_constraints": "Enabled",
            "emit_metrics": "Enabled",
            "datatype_check_threshold": 1.0,
            "domain_content_threshold": 1.0,
            "distribution_constraints": _comparison(max(limits.values(), default=0.1)),
        },
        "false_alarm_rate": rate,
        "strangers_rate": thresholds.strangers_rate(groups, max(1, size)),
    }


def violations(checks: Sequence[Check]) -> dict:
    """Return the document of the checks that fired."""
    return {
        "violations": [
            {
                "feature_name": check.feature,
                "constraint_check_type": check.kind,
                "description": check.description,
            }
            for check in checks
            if check.fired
        ]
    }


def summary(
    checks: Sequence[Check], rate: float, window: Observations, baseline: Observations
) -> dict:
    """Return all checks of a report, fired or not, for whoever draws or compares them."""
    truth = accuracy(window)
    low, high = truth.interval if truth.labeled else (None, None)
    share = truth.share if truth.labeled else None
    return {
        "false_alarm_rate": rate,
        "window": len(window),
        "baseline": len(baseline),
        "accuracy": {"share": share, "low": low, "high": high, "labeled": truth.labeled},
        "shift": {"standard_deviations": thresholds.SHIFT, "share": thresholds.SHARE},
        "checks": [vars(check) | {"tells_of": kind_of(check.feature)} for check in checks],
    }


def metrics(
    checks: Sequence[Check], observations: Observations, endpoint: str, schedule: str,
    time: datetime | None = None,
) -> list[dict]:  # fmt: skip
    """Return CloudWatch's metrics of a report, in the form of PutMetricData.

    Names: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-cloudwatch.html;
    `violations`, which Model Monitor has not, is one number for one alarm.

    Args:
        time: of the metrics; None for now.
    """
    time = time or datetime.now(UTC)
    dimensions = [
        {"Name": "Endpoint", "Value": endpoint},
        {"Name": "MonitoringSchedule", "Value": schedule},
    ]
    # Of a window without an object nothing is known: no number, rather than a 0.
    values = {"violations": float(sum(check.fired for check in checks))} if checks else {}
    for check in checks:
        if check.distance is not None:
            values[f"feature_baseline_drift_{check.feature}"] = check.distance
    for name, column in observations.columns.items():
        values[f"feature_non_null_{name}"] = column.completeness
    return [
        {"MetricName": name, "Timestamp": time, "Dimensions": dimensions, "Value": value}
        for name, value in values.items()
    ]


def _comparison(threshold: float) -> dict:
    return {
        "perform_comparison": "Enabled",
        "comparison_threshold": threshold,
        "comparison_method": "Simple",
        "categorical_comparison_threshold": threshold,
        "categorical_drift_method": "LInfinity",
    }


def _common(column: Column) -> dict[str, int]:
    present = len(column.known.values)
    return {"num_present": present, "num_missing": len(column.values) - present}


def _objects(column: Column) -> dict[str, list]:
    """Return all that a window is compared with; a value that is missing is null."""
    return {"values": column.values, "groups": column.groups}


def _numbers(name: str, column: Column) -> dict:
    known = column.known.values
    values = np.array(known or [0.0], float)
    counts, edges = np.histogram(values, BUCKETS)
    buckets = [
        {"lower_bound": low, "upper_bound": high, "count": count}
        for low, high, count in zip(
            edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True
        )
    ]
    sketch = {"parameters": {"c": SKETCH_C, "k": SKETCH_K}, "data": [known]}
    return {
        "name": name,
        "inferred_type": NUMBER,
        "numerical_statistics": {
            "common": _common(column),
            "mean": float(values.mean()),
            "sum": float(values.sum()),
            "std_dev": float(values.std()),
            "min": float(values.min()),
            "max": float(values.max()),
            "distribution": {"kll": {"buckets": buckets, "sketch": sketch}},
        },
        "objects": _objects(column),
    }


def _texts(name: str, column: Column) -> dict:
    counts = Counter(column.known.values)
    buckets = [{"value": value, "count": count} for value, count in sorted(counts.items())]
    return {
        "name": name,
        "inferred_type": TEXT,
        "string_statistics": {
            "common": _common(column),
            "distinct_count": len(counts),
            "distribution": {"categorical": {"buckets": buckets}},
        },
        "objects": _objects(column),
    }
