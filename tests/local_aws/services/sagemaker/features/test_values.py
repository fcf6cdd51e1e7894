"""A record's values are held to the types of its group's features."""

import pytest

from local_aws.errors import AwsError
from local_aws.services.sagemaker.features.values import checked, moment, typed

GROUP = {
    "FeatureGroupName": "birds", "RecordIdentifierFeatureName": "id", "EventTimeFeatureName": "at",
    "FeatureDefinitions": [
        {"FeatureName": name, "FeatureType": kind}
        for name, kind in (("id", "String"), ("at", "String"), ("count", "Integral"))
    ],
}  # fmt: skip
FRACTIONAL = {**GROUP, "FeatureDefinitions": [{"FeatureName": "at", "FeatureType": "Fractional"}]}
TIME = "2026-11-26T18:00:00Z"


def record(**values):
    return [{"FeatureName": name, "ValueAsString": value} for name, value in values.items()]


def test_a_record_may_lack_every_feature_but_two():
    assert checked(GROUP, record(id="a", at=TIME)) == {"id": "a", "at": TIME}


@pytest.mark.parametrize(
    "values, words",
    [
        (record(at=TIME), "no value of 'id', its RecordIdentifierFeatureName"),
        (record(id="a"), "no value of 'at', its EventTimeFeatureName"),
        (record(id="a", at=TIME, color="red"), "birds has no feature 'color'"),
        (record(id="a", at=TIME) * 2, "has the feature 'id' twice"),
        (record(id="a", at=TIME, count="1.0"), "'1.0' of the feature 'count' is not of the type"),
        (record(id="a", at="yesterday"), "neither a Unix timestamp"),
    ],
)
def test_a_record_of_another_form_is_refused(values, words):
    with pytest.raises(AwsError, match=f"ValidationError: Validation Error: .*{words}"):
        checked(GROUP, values)


@pytest.mark.parametrize(
    "kind, text, value",
    [
        ("Integral", "-7", -7),
        ("Integral", str(2**63 - 1), 2**63 - 1),
        ("Fractional", "1e-3", 0.001),
        ("Fractional", ".5", 0.5),
        ("String", "", ""),
    ],
)
def test_a_value_has_its_features_type(kind, text, value):
    assert typed("f", kind, text) == value


@pytest.mark.parametrize(
    "kind, text",
    [
        ("Integral", str(2**63)), ("Integral", "1_000"), ("Integral", ""), ("Integral", "٣"),
        ("Fractional", "nan"), ("Fractional", "1e999"), ("Fractional", "one"), ("Fractional", ""),
    ],
)  # fmt: skip
def test_another_value_is_refused(kind, text):
    with pytest.raises(AwsError, match=kind):
        typed("f", kind, text)


@pytest.mark.parametrize(
    "group, text, seconds",
    [
        (GROUP, "1970-01-01T00:01:00Z", 60.0),
        (GROUP, "1970-01-01T00:00:00.250Z", 0.25),
        (FRACTIONAL, "1700000000.5", 1700000000.5),
    ],
)
def test_an_event_time_is_a_moment(group, text, seconds):
    assert moment(group, text) == seconds


@pytest.mark.parametrize(
    "group, text",
    [
        (GROUP, "2026-11-26"), (GROUP, "2026-11-26T18:00:00+01:00"), (GROUP, "1700000000"),
        (GROUP, "2026-02-30T00:00:00Z"), (FRACTIONAL, TIME), (FRACTIONAL, "1e30"),
    ],
)  # fmt: skip
def test_another_event_time_is_refused(group, text):
    with pytest.raises(AwsError, match="neither a Unix timestamp in seconds"):
        moment(group, text)
