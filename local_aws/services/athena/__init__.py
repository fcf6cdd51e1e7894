"""Athena: its SQL and DDL by sqlglot and DuckDB, over plain files and the Glue catalog."""
