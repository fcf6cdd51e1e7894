"""The parts of `helpers/stream.py`: epoch plan, shard reader, decoding workers, decode cache."""
