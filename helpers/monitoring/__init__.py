"""Watches a model's traffic: distances to a baseline, thresholds, reports; calls no service."""
