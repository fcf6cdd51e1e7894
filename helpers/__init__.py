"""The tested package behind the course's notebooks and jobs."""
