"""One request to a stage, as its access log tells it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
"""

from __future__ import annotations

import secrets
import time

from emulator.gateway_responses import GatewayResponse


class Exchange:
    """Follows a request by its method from its arrival to its answer.

    refused  how the gateway answered by itself, None where the function did
    """

    def __init__(self, method: str) -> None:
        self.request_id = secrets.token_hex(16)
        self.refused: GatewayResponse | None = None
        self._method, self._arrived, self._at = method, time.monotonic(), time.time()
        self._invoked = 0.0
        self._integration: dict[str, object] = {}

    def invoked(self) -> None:
        """Say that Lambda is asked."""
        self._invoked = time.monotonic()

    def returned(self, lambda_request_id: str) -> None:
        """Say that Lambda answered, which is a 200 also where the function failed."""
        self.gave_up()
        self._integration |= {
            "integrationStatus": 200,
            "integration.requestId": lambda_request_id,
        }

    def gave_up(self) -> None:
        """Say that nobody waits for Lambda any more."""
        self._integration["integrationLatency"] = milliseconds_since(self._invoked)

    def context(self, status: int, trace_id: str) -> dict[str, object]:
        """Return what is known when the client is answered, by the names of $context."""
        own = {
            "requestId": self.request_id,
            "xrayTraceId": trace_id,
            "requestTimeEpoch": int(self._at * 1000),
            "httpMethod": self._method,
            "status": status,
            "responseLatency": milliseconds_since(self._arrived),
        }
        error = (
            {"error.responseType": self.refused.type, "error.message": self.refused.message}
            if self.refused
            else {}
        )
        return own | self._integration | error


def milliseconds_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
