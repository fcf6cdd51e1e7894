"""The networks, their augmentation and their saved formats; no data set, no training loop."""
