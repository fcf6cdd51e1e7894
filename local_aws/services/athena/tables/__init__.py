"""Tables over files: formats, readers, writers, partitions, results."""
