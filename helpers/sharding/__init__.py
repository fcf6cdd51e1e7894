"""From raw objects to shards: look, clean, split, write; `scripts_process/shard.py` runs it."""
