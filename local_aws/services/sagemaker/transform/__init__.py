"""Batch transform: jobs that send each object of a data source to a model's own servers."""
