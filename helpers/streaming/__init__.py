"""What `helpers/stream.py` is made of: shards and where they come from, who reads, who decodes."""
