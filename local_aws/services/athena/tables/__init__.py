"""Tables in files: formats, readers, writers, partitions, results."""
