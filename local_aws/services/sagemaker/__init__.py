"""SageMaker: jobs, hosting, registry, tuning, tags."""
