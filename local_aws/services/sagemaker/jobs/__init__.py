"""Processing and training jobs, run as processes with the /opt/ml contract."""
