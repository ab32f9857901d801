"""What API Gateway answers by itself, and with which headers.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Response

HEADER = "gatewayresponse.header."


@dataclass(frozen=True)
class GatewayResponse:
    """A kind of answer: its response type, status, message, and x-amzn-ErrorType."""

    type: str
    status: int
    message: str
    error: str


FORBIDDEN = GatewayResponse("INVALID_API_KEY", 403, "Forbidden", "ForbiddenException")
TOO_LARGE = GatewayResponse(
    "REQUEST_TOO_LARGE", 413, "Request Too Long", "RequestTooLargeException"
)
THROTTLED = GatewayResponse("THROTTLED", 429, "Too Many Requests", "TooManyRequestsException")
MISCONFIGURED = GatewayResponse(
    "API_CONFIGURATION_ERROR", 500, "Internal server error", "InternalServerErrorException"
)
FAILED = GatewayResponse(
    "INTEGRATION_FAILURE", 502, "Internal server error", "InternalServerErrorException"
)
TIMED_OUT = GatewayResponse(
    "INTEGRATION_TIMEOUT", 504, "Endpoint request timed out", "InternalServerErrorException"
)
# Outside of any stage there is no API whose gateway responses could say otherwise.
NO_STAGE = GatewayResponse(
    "MISSING_AUTHENTICATION_TOKEN",
    403,
    "Missing Authentication Token",
    "MissingAuthenticationTokenException",
)


class Refused(Exception):
    """The gateway answers by itself."""

    def __init__(self, kind: GatewayResponse) -> None:
        self.kind = kind


def answer(kind: GatewayResponse, configured: Mapping[str, Mapping[str, Any]]) -> Response:
    """Return the gateway's answer.

    configured  the API's gateway responses by their type. One that is not there is as DEFAULT_4XX or
                DEFAULT_5XX; without that the answer has no CORS headers
    """
    default = "DEFAULT_4XX" if kind.status < 500 else "DEFAULT_5XX"
    found = configured.get(kind.type) or configured.get(default) or {}
    status = int(found.get("statusCode") or kind.status)
    body = json.dumps({"message": kind.message})
    response = Response(body, status, content_type="application/json")
    response.headers["x-amzn-ErrorType"] = kind.error
    for name, value in (found.get("responseParameters") or {}).items():
        if name.startswith(HEADER):  # a text of its own stands between quotes
            response.headers[name.removeprefix(HEADER)] = value.strip("'")
    return response
