"""A model's archive must exist at its URI, else the error names it."""

import pytest

from local_aws.errors import AwsError
from local_aws.services.sagemaker.archives import check_archive


def test_an_archive_that_is_there_is_no_error(store):
    store.put("birds", "models/model.tar.gz", b"")
    check_archive(store, "s3://birds/models/model.tar.gz")


@pytest.mark.parametrize("uri", ["s3://birds/none.tar.gz", "s3://none/model.tar.gz", "birds"])
def test_an_archive_that_is_not_there_is_named(store, uri):
    with pytest.raises(AwsError, match=f"Could not access model data at {uri}"):
        check_archive(store, uri)
