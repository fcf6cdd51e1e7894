"""Translates Trino SQL for DuckDB: tokens, types, expressions, queries. Knows no tables."""
