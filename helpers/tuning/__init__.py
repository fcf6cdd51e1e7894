"""Searches for hyperparameters: trials, ranges, an optimizer, replays; and their figures."""
