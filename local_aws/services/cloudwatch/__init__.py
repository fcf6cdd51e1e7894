"""CloudWatch: the metrics of jobs."""
