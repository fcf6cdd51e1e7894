"""What `helpers/stream.py` is made of: where shards come from, who reads what, who decodes it."""
