"""A call of each service that a deploy asks: with the first one moto reads all that AWS's models say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.test import Client

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

IN_PATHS = {"apigateway": "/restapis", "lambda": "/2015-03-31/functions/", "s3": "/"}
IN_FORMS = {
    "cloudformation": "Action=ListStacks&Version=2010-05-15",
    "iam": "Action=ListRoles&Version=2010-05-08",
    "monitoring": "Action=ListMetrics&Version=2010-08-01",
    "sts": "Action=GetCallerIdentity&Version=2011-06-15",
}
IN_HEADERS = {"events": "AWSEvents.ListRules", "logs": "Logs_20140328.DescribeLogGroups"}


def make(application: WSGIApplication) -> None:
    """Make them. Raises RuntimeError when one is not answered: it would be as slow as ever."""
    client = Client(application)

    def call(service: str, path: str, body: str | None = None, **headers: str) -> None:
        scope = f"emulated/20260101/eu-central-1/{service}/aws4_request"
        signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}", **headers}
        method = "GET" if body is None else "POST"
        with client.open(path, method=method, data=body, headers=signed) as response:
            if response.status_code != 200:
                raise RuntimeError(f"{service} answers its first call with {response.status}")

    for service, path in IN_PATHS.items():
        call(service, path)
    for service, form in IN_FORMS.items():
        call(service, "/", form, **{"Content-Type": "application/x-www-form-urlencoded"})
    for service, target in IN_HEADERS.items():
        kind = "application/x-amz-json-1.1"
        call(service, "/", "{}", **{"Content-Type": kind, "X-Amz-Target": target})
    call("xray", "/TraceSegments", '{"TraceSegmentDocuments": []}')
