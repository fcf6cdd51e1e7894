"""How API Gateway refuses: a control call with an error, a caller with a gateway response.

Contract: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from local_aws.errors import AwsError

FORBIDDEN = "Forbidden"
_TYPES = {
    "MISSING_AUTHENTICATION_TOKEN": (403, "MissingAuthenticationTokenException"),
    "INVALID_SIGNATURE": (403, "InvalidSignatureException"),
    "ACCESS_DENIED": (403, "UnrecognizedClientException"),
    "INVALID_API_KEY": (403, "ForbiddenException"),
    "THROTTLED": (429, "TooManyRequestsException"),
    "QUOTA_EXCEEDED": (429, "LimitExceededException"),
    "REQUEST_TOO_LARGE": (413, "RequestTooLargeException"),
    "API_CONFIGURATION_ERROR": (500, "InternalServerErrorException"),
    "INTEGRATION_TIMEOUT": (504, "InternalServerErrorException"),
}
KINDS = (*_TYPES, "DEFAULT_4XX", "DEFAULT_5XX")
"""The types of gateway responses that a document may set."""


class Refused(Exception):
    """A caller's request that the gateway itself answers.

    Args:
        kind: the type of the gateway response.
        error: the name of the error, where it is not that of the type.
    """

    def __init__(self, kind: str, message: str, error: str = ""):
        super().__init__(message)
        self.kind, self.message = kind, message
        self.status, usual = _TYPES[kind]
        self.error = error or usual

    @property
    def default(self) -> str:
        """The type that stands in where a document does not set this one."""
        return "DEFAULT_4XX" if self.status < 500 else "DEFAULT_5XX"


def invalid(message: str) -> AwsError:
    """Return the error of a control call that API Gateway refuses."""
    return AwsError("BadRequestException", message)


def not_found(message: str) -> AwsError:
    """Return the error of a control call for what is not there."""
    return AwsError("NotFoundException", message, 404)


def not_done(what: str) -> AwsError:
    """Return the error that refuses by its name what the local AWS does not execute."""
    return AwsError("NotImplementedException", f"The local AWS does not support {what}.")
