"""Glue: the Data Catalog's operations."""
