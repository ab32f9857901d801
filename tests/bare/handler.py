"""A Lambda handler of a WSGI application, and nothing else: it says what the library needs of one.

Zappa, too, puts the context of the invocation into the environ as `lambda.context`.
"""

import io
import os
import sys
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "bare.settings"

from django.core.wsgi import get_wsgi_application  # the settings first

application = get_wsgi_application()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    environ = {
        "REQUEST_METHOD": event["httpMethod"],
        "PATH_INFO": event["path"],
        "SERVER_NAME": "lambda",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "lambda.event": event,
        "lambda.context": context,
    }
    environ |= {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in event["headers"].items()}
    answer: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        answer.update(statusCode=int(status[:3]), headers=dict(headers))

    response: Any = application(environ, start_response)
    try:
        return answer | {"body": b"".join(response).decode()}
    finally:
        response.close()
