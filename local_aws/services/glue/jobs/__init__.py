"""Glue's Spark jobs: their definitions, and their runs, each a Spark of its own."""
