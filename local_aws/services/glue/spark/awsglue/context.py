"""Glue's context: Spark's session and a logger; no DynamicFrame, which is not in Spark itself."""

import logging

from pyspark.context import SparkContext
from pyspark.sql import SparkSession


class GlueContext:
    """The session of a script that was written for Glue: `GlueContext(SparkContext())`."""

    def __init__(self, sparkContext: SparkContext, **options: object):  # noqa: N803
        self.spark_session = SparkSession(sparkContext)

    def get_logger(self) -> logging.Logger:
        """Return a logger, whose lines are in /aws-glue/jobs/error."""
        logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
        return logging.getLogger("GlueLogger")

    def __getattr__(self, name: str) -> object:
        raise NotImplementedError(
            f"The local AWS has no GlueContext.{name}: read and write with spark_session,"
            " which Glue has too."
        )
