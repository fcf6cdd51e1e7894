"""The exceptions that engines raise, in the shape of AWS's errors; knows nothing of HTTP."""


class AwsError(Exception):
    """An error of an AWS service: code, message and HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class QueryError(AwsError):
    """An error of a service that keeps the codes of its former query protocol.

    Attributes:
        modeled: the error's name in the service's model.
    """

    def __init__(self, code: str, message: str, modeled: str, status: int = 400):
        super().__init__(code, message, status)
        self.modeled = modeled
