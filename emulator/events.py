"""What invokes a function: API Gateway's requests, schedules, Zappa's commands, trace headers."""

from __future__ import annotations

import base64
import json as json_module
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

Event = dict[str, Any]

API_ID = "a1b2c3d4e5"
ACCOUNT_ID = "123456789012"


def trace_id() -> str:
    """Return a new trace id, such as 1-5f84c7a1-e7d1852db8c4fd35d88bf49a."""
    return f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"


def trace_header(
    root: str | None = None, *, parent: str | None = None, sampled: bool = True
) -> str:
    """Return the trace header that Lambda gives a function with Active tracing.

    `root` is a trace id, `parent` the id of the function's own segment; None makes up a new one.
    """
    return f"Root={root or trace_id()};Parent={parent or secrets.token_hex(8)};Sampled={sampled:d}"


def passthrough_trace_header(root: str | None = None) -> str:
    """Return the header that Lambda gives a function without Active tracing.

    It has no parent and no sampling decision.
    """
    return f"Root={root or trace_id()};Lineage=1:{secrets.token_hex(4)}:0"


def trace_fields(header: str) -> dict[str, str]:
    """Return what a trace header says, such as `{"Root": ..., "Parent": ..., "Sampled": "1"}`."""
    return dict(field.strip().split("=", 1) for field in header.split(";") if "=" in field)


def rest_request(
    method: str,
    path: str,
    *,
    json: Any = None,
    body: bytes | None = None,
    headers: Mapping[str, str | Sequence[str]] | None = None,
    stage: str = "dev",
    region: str = "eu-central-1",
    host: str | None = None,
    source_ip: str = "203.0.113.7",
    header: str | None = None,
) -> Event:
    """Return the proxy event of a REST API (payload version 1) for a request to `/{stage}{path}`.

    `path` is relative to the stage and may hold a query string: `/api/notes/?page=2`. `json` is
    sent as the body with its content type, `body` as it is. A body is base64: Zappa's binary
    support makes `*/*` a binary type of the API. `header` is a trace header; its Root becomes the
    request's X-Amzn-Trace-Id, as API Gateway does it.
    """
    parts = urlsplit(path)
    domain = host or f"{API_ID}.execute-api.{region}.amazonaws.com"
    sent = {
        "Accept": "*/*",
        "Host": domain,
        "User-Agent": "emulator",
        "X-Amzn-Trace-Id": (header or trace_header()).split(";")[0],
        "X-Forwarded-For": source_ip,
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    } | ({} if json is None else {"Content-Type": "application/json"})
    many = {name: [value] for name, value in sent.items()}
    many |= {
        name: [value] if isinstance(value, str) else list(value)
        for name, value in (headers or {}).items()
    }
    content = body if json is None else json_module.dumps(json).encode()
    query = parse_qs(parts.query, keep_blank_values=True)
    return {
        "resource": "/{proxy+}" if parts.path != "/" else "/",
        "path": parts.path,
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in many.items()},
        "multiValueHeaders": many,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {"proxy": parts.path.lstrip("/")} if parts.path != "/" else None,
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT_ID,
            "apiId": domain.split(".")[0],
            "domainName": domain,
            "domainPrefix": domain.split(".")[0],
            "httpMethod": method,
            "identity": {"sourceIp": source_ip, "userAgent": "emulator", "userArn": None},
            "path": f"/{stage}{parts.path}",
            "protocol": "HTTP/1.1",
            "requestId": secrets.token_hex(16),
            "requestTimeEpoch": int(time.time() * 1000),
            "resourcePath": "/{proxy+}" if parts.path != "/" else "/",
            "stage": stage,
        },
        "body": None if content is None else base64.b64encode(content).decode(),
        "isBase64Encoded": content is not None,
    }


def response_body(response: Mapping[str, Any]) -> bytes:
    """Return the body of a proxy response as API Gateway would send it to the client."""
    body = response.get("body") or ""
    return base64.b64decode(body) if response.get("isBase64Encoded") else body.encode()


def response_json(response: Mapping[str, Any]) -> Any:
    """Return a proxy response's body, read as JSON. Raises ValueError when it is none."""
    return json_module.loads(response_body(response))


def scheduled(function: str, *, lambda_name: str, region: str = "eu-central-1") -> Event:
    """Return the event with which EventBridge runs a function, such as `notes.tasks.clean_up`.

    Zappa finds the function behind the last dash of the rule's name.
    """
    return {
        "version": "0",
        "id": secrets.token_hex(16),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT_ID,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "region": region,
        "resources": [f"arn:aws:events:{region}:{ACCOUNT_ID}:rule/{lambda_name}-{function}"],
        "detail": {},
    }


def manage(command: str) -> Event:
    """Return the event of `zappa manage`: a management command, its arguments split on spaces."""
    return {"manage": command}


def command(function: str) -> Event:
    """Return the event of `zappa invoke`: a function named by its dotted path."""
    return {"command": function}
