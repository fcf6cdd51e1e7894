"""S3: its REST dialect over the object store of `state/objects/`."""
