"""The kinds of steps: what each asks of which service."""
