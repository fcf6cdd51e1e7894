"""IAM's simulation of policies. Roles and policies are recorded operations."""
