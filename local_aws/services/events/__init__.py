"""EventBridge: the default bus, whose rules send events to targets."""
