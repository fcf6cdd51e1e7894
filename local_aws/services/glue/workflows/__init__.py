"""Glue's workflows: their triggers, and their runs, in which jobs follow one another."""
