"""A run tells of its table once, and again only where nobody has told."""

import json

from helpers.run_summary import SUMMARY, tell
from tests.local_cloud import BUCKET

PLACE = f"s3://{BUCKET}/curated/birds/0123/"
KEY = f"curated/birds/0123/{SUMMARY}"


def test_a_summary_has_the_counts_and_stays_unless_it_is_told_again(aws, client):
    s3, read = client("s3"), lambda: json.loads(aws.store.read(BUCKET, KEY))
    tell(s3, PLACE, {"objects": 3}, again=False)
    assert read() == {"objects": 3}
    tell(s3, PLACE, {"objects": 4}, again=False)
    assert read() == {"objects": 3}
    tell(s3, PLACE.rstrip("/"), {"objects": 5})
    assert read() == {"objects": 5}
