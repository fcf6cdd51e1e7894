"""Lists are filtered, ordered and cut into pages as by SageMaker."""

from datetime import UTC, datetime, timedelta

import pytest

from local_aws.errors import AwsError
from local_aws.wire.listing import Listing
from tests.local_cloud import SERVING

LISTING = Listing("Things", "ThingName", ("ThingName", "Status"), "Status")
START = datetime(2026, 1, 1, tzinfo=UTC)
THINGS = [
    {"ThingName": name, "CreationTime": START + timedelta(days=day), "Status": status, "More": 1}
    for name, day, status in [("b", 0, "Failed"), ("Ab", 1, "Done"), ("c", 2, "Done")]
]


def names(**request):
    return [thing["ThingName"] for thing in LISTING.answer(THINGS, request)["Things"]]


@pytest.mark.parametrize(
    "request_, expected",
    [
        ({}, ["c", "Ab", "b"]),
        ({"SortOrder": "Ascending"}, ["b", "Ab", "c"]),
        ({"SortBy": "Name", "SortOrder": "Ascending"}, ["Ab", "b", "c"]),
        ({"SortBy": "Status"}, ["b", "c", "Ab"]),
        ({"NameContains": "B"}, ["Ab", "b"]),
        ({"StatusEquals": "Done"}, ["c", "Ab"]),
        ({"CreationTimeAfter": START + timedelta(hours=1)}, ["c", "Ab"]),
        ({"CreationTimeBefore": START + timedelta(hours=25)}, ["Ab", "b"]),
    ],
)
def test_filters_and_order(request_, expected):
    assert names(**request_) == expected


def test_a_summary_has_the_fields_of_its_kind_alone():
    assert LISTING.answer(THINGS[:1], {})["Things"] == [{"ThingName": "b", "Status": "Failed"}]


def test_pages_hold_everything_once():
    page = LISTING.answer(THINGS, {"MaxResults": 2})
    rest = LISTING.answer(THINGS, {"MaxResults": 2, "NextToken": page["NextToken"]})
    assert [thing["ThingName"] for thing in page["Things"] + rest["Things"]] == ["c", "Ab", "b"]
    assert "NextToken" not in rest


def test_a_token_that_is_none_is_refused():
    with pytest.raises(AwsError, match="token is not valid"):
        LISTING.answer(THINGS, {"NextToken": "x"})


def test_a_service_gives_ten_at_once(aws, client):
    aws.store.put("course-bucket", "m.tar.gz", b"")
    sagemaker = client("sagemaker")
    for number in range(11):
        sagemaker.create_model(
            ModelName=f"m{number}",
            PrimaryContainer={"Image": SERVING, "ModelDataUrl": "s3://course-bucket/m.tar.gz"},
            ExecutionRoleArn="arn:aws:iam::000000000000:role/course",
        )
    assert len(sagemaker.list_models()["Models"]) == 10
    pages = sagemaker.get_paginator("list_models").paginate()
    assert len([model for page in pages for model in page["Models"]]) == 11
