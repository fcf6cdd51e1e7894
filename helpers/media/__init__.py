"""Sound and photos as bytes, waves, pixels and spectra; no S3 and no training."""
