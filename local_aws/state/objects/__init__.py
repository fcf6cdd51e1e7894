"""S3's objects as plain files under their keys, with an index beside them."""
