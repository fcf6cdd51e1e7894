"""A data set that is not the course's; tests put the folder above it on the path."""
