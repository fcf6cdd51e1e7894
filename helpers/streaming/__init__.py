"""The parts of `helpers/stream.py`: plans, sources, readers and decoders of shards."""
