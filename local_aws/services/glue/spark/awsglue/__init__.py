"""What scripts import of Glue: arguments, the context, the job; no DynamicFrame."""
