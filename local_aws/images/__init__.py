"""Images as folders: Python, package list, entry point, `serve`; knows no job and no endpoint."""
