"""Lambda's proxy integration of a REST API: from an HTTP request to an event, and from what a function
returns to an HTTP response.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Any

from werkzeug.wrappers import Request, Response

from emulator import events

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
REMAPPED = {
    *("authorization", "connection", "content-length", "content-md5", "date", "expect", "host"),
    *("max-forwards", "proxy-authenticate", "server", "te", "trailer", "upgrade", "user-agent"),
    "www-authenticate",
}
DROPPED = {"transfer-encoding"}
NOT_FROM_CLIENT = {"connection", "content-length", "host", "transfer-encoding", "x-amzn-trace-id"}


class Malformed(Exception):
    """A function returned something else than a proxy response."""


def target(request: Request) -> str:
    """Return a request's path and query as they were sent."""
    return str(request.environ.get("REQUEST_URI") or request.full_path)


def event_of(
    request: Request, path: str, *, stage: str, region: str, host: str, trace_id: str
) -> events.Event:
    """Return the event of a request to `path` below the stage; the API's own address is `host`."""
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        if name.lower() not in NOT_FROM_CLIENT:
            headers.setdefault(name, []).append(value)
    forwarded = [*request.headers.getlist("X-Forwarded-For"), request.remote_addr or "127.0.0.1"]
    headers["X-Forwarded-For"] = [", ".join(forwarded)]
    return events.rest_request(
        request.method,
        path,
        body=request.get_data() or None,
        headers=headers,
        stage=stage,
        region=region,
        host=host,
        source_ip=request.remote_addr or "127.0.0.1",
        header=f"Root={trace_id}",
    )


def response_of(answer: Any) -> Response:
    """Return the response that a function's answer makes. Raises Malformed."""
    if not isinstance(answer, dict) or not set(answer) <= {
        *("statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"),
        "statusDescription",  # Zappa's, for load balancers
    }:
        raise Malformed
    try:
        body = answer.get("body") or ""
        content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        response = Response(content, int(answer["statusCode"]), content_type="application/json")
        several = {name: [value] for name, value in (answer.get("headers") or {}).items()}
        several |= answer.get("multiValueHeaders") or {}
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error):
        raise Malformed from None
    for name, values in several.items():
        if name.lower() == "content-type":
            response.headers["Content-Type"] = str(values[-1])
        elif name.lower() not in DROPPED:
            remapped = f"x-amzn-Remapped-{name}" if name.lower() in REMAPPED else name
            for value in values:
                response.headers.add(remapped, str(value))
    return response


def identified(response: Response, request_id: str, trace_header: str) -> Response:
    """Return the response with what every one has, whoever made it."""
    response.headers["x-amzn-RequestId"] = request_id
    response.headers["x-amz-apigw-id"] = secrets.token_urlsafe(11)
    response.headers["X-Amzn-Trace-Id"] = trace_header
    return response
