"""A training run: its options, loop, ranks, checkpoints and results; calls no service."""
