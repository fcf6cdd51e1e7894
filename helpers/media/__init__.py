"""Sound and photos as bytes, waves, pixels and spectra; nothing here knows S3 or a model."""
