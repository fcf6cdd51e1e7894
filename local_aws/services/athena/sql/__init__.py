"""Trino SQL translated for DuckDB: tokens, types, expressions. Knows no tables."""
