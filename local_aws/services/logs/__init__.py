"""CloudWatch Logs: groups, streams and events in files."""
