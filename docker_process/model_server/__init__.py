"""The server of the course's image: SageMaker's hosting contract around a model's functions."""
