"""SNS: topics that deliver to queues."""
