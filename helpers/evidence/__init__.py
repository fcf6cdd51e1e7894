"""The shapes of the course's calls to AWS, written down without names, contents or secrets."""
