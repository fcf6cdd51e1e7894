"""Athena's operations: executions, saved queries, workgroups, metadata."""
