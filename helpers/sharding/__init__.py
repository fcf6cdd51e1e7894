"""From raw objects to shards: survey, split, clean, write; `scripts_process/shard.py` runs it."""
