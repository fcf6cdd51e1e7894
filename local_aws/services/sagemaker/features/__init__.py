"""The Feature Store: groups of features, their newest records online, all records offline in S3"""
