"""SageMaker Pipelines: definitions, executions, and the jobs that their steps start."""
