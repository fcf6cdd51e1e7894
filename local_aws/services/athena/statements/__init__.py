"""Statements parsed and run: queries, DDL, SHOW, CTAS, INSERT, UNLOAD."""
