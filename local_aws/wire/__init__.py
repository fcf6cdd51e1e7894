"""HTTP in and out: signatures, botocore's models, answers and errors. Knows no service."""
