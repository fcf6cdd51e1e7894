"""The shapes of the course's calls to AWS, recorded without names, contents or secrets."""
