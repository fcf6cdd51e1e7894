"""Sound and photos as bytes, waves, pixels and spectra; no S3 here, and nothing to train."""
