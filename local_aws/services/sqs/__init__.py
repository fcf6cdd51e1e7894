"""SQS: standard queues."""
