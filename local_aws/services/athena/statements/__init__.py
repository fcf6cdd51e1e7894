"""Parses and runs statements: queries, DDL, SHOW, CTAS, INSERT, UNLOAD."""
