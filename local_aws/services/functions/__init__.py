"""AWS Lambda: functions in Python, each invocation a process."""
