"""Searches for hyperparameters: native tuning jobs, and ordinary jobs on a warm pool."""
