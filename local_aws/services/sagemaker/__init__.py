"""SageMaker: jobs, hosting, registry, tuning."""
