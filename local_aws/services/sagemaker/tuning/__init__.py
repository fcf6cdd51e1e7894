"""Hyperparameter tuning jobs: Optuna chooses the trials, the training engine runs them."""
