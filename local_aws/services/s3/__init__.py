"""The S3 of the local AWS: objects as plain files, an index beside them, and S3's REST dialect."""
