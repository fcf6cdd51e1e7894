"""EventBridge Scheduler: schedules that call targets in time, on the one clock."""
