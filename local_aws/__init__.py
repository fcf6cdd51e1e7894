"""An AWS on this machine: runs jobs as processes, executes SQL and serves endpoints over HTTP."""
