"""What `make` runs on the project itself; nothing here is imported by a notebook or a job."""
