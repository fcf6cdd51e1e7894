"""Glue's rows of the table: each is a method of the catalog that Athena reads too."""

from botocore import xform_name

from local_aws.services.glue.catalog import OPERATIONS
from local_aws.state.catalog import Catalog


def test_an_operation_is_answered_by_the_catalogs_method_of_its_name(aws):
    for operation in OPERATIONS["glue"]:
        method = aws.engines.catalog.method(operation)
        assert method.__self__ is aws.parts.catalog
        assert method.__func__ is getattr(Catalog, xform_name(operation))
