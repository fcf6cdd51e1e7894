"""Sums for a plan: storage and input modes, shards, scaling, spot; speaks to no service."""
