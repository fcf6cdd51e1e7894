"""The one exception that engines raise, in the shape of AWS's errors; knows nothing of HTTP."""


class AwsError(Exception):
    """An error of an AWS service: code, message and HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
