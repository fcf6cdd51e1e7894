"""Warehouse bins in the Amazon Bin Image Dataset's layout: metadata, samples, scores."""
