"""Athena's operations: executions, prepared statements, workgroups, metadata."""
