"""CloudWatch: metrics, and alarms that evaluate them on the one clock."""
