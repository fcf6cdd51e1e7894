"""Bird song in BirdCLEF's layout: metadata, sample data, ingest, questions, scores."""
