"""IAM: what is evaluated of it. Roles and policies themselves are recorded."""
