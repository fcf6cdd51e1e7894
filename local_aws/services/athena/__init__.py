"""Athena's SQL and DDL on sqlglot and DuckDB, over plain files and the Glue catalog."""
