"""Glue's context: Spark's session, which sees the Data Catalog, and a logger; no DynamicFrame."""

import logging
import sys

from awsglue.catalog import declare
from pyspark.context import SparkContext
from pyspark.sql import SparkSession

CATALOG = "--enable-glue-datacatalog"


class GlueContext:
    """The session of a script that was written for Glue: `GlueContext(SparkContext())`."""

    def __init__(self, sparkContext: SparkContext, **options: object):  # noqa: N803
        self.spark_session = SparkSession(sparkContext)
        if CATALOG in sys.argv and sys.argv[sys.argv.index(CATALOG) + 1 :][:1] != ["false"]:
            declare(self.spark_session)

    def get_logger(self) -> logging.Logger:
        """Return a logger, whose lines are in /aws-glue/jobs/error."""
        logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
        return logging.getLogger("GlueLogger")

    def __getattr__(self, name: str) -> object:
        raise AttributeError(
            f"The local AWS has no GlueContext.{name}: read and write with spark_session,"
            " which Glue has too."
        )
