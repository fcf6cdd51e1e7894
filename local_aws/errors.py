"""The one exception that every engine raises; it knows AWS's error shape and nothing of HTTP."""


class AwsError(Exception):
    """An error as an AWS service words it: a code, a message, an HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
