"""Application Auto Scaling: as many instances of an endpoint's variant as its load needs."""
