"""Hyperparameter tuning jobs: training jobs chosen by Optuna, run by the training engine."""
