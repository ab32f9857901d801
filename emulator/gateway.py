"""An HTTP server that stands before a function as the stage of a REST API does.

`python -m emulator.gateway SERVICE` serves the packaged handler of a service (`make package` first)
below http://127.0.0.1:PORT/dev/, for a browser: no other way shows how pages look under a stage.
"""

from __future__ import annotations

import argparse
import re
import secrets
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from emulator import events
from emulator.daemon import Daemon
from emulator.function import Function, FunctionDied, FunctionError, FunctionTimedOut
from emulator.service import Service

NOT_FROM_CLIENT = {"connection", "content-length", "host", "transfer-encoding"}


class Gateway:
    """Context manager: serves `function` on a loopback port; requests wait for each other.

    port    0 for a free one
    url     of the stage when it runs, such as http://127.0.0.1:40123/dev

    The function sees its API's own host name and HTTPS. Addresses of the API in Location, Origin
    and Referer are translated, so that redirects and Django's CSRF check work in a browser.
    """

    def __init__(self, function: Function, port: int = 0) -> None:
        self.function = function
        self.host = f"{events.API_ID}.execute-api.{function.region}.amazonaws.com"
        self._turn = threading.Lock()
        handler = type("Handler", (StageRequestHandler,), {"gateway": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.url = f"{self.origin}/{function.stage}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Serve until the process is interrupted."""
        self._thread.join()

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> dict[str, Any]:
        """Return the proxy response to a request; what API Gateway answers by itself included."""
        prefix = f"/{self.function.stage}"
        if path != prefix and not path.startswith((f"{prefix}/", f"{prefix}?")):
            return refusal(403, "Missing Authentication Token")
        try:
            with self._turn:
                return self.function.request(
                    method,
                    path.removeprefix(prefix) or "/",
                    headers={name: self._to_api(value) for name, value in headers.items()},
                    body=body or None,
                    host=self.host,
                )
        except FunctionTimedOut:
            return refusal(504, "Endpoint request timed out")
        except (FunctionError, FunctionDied):
            return refusal(502, "Internal server error")

    def to_browser(self, value: str) -> str:
        return value.replace(f"https://{self.host}", self.origin)

    def _to_api(self, value: str) -> str:
        return re.sub(r"http://(127\.0\.0\.1|localhost):\d+", f"https://{self.host}", value)


class StageRequestHandler(BaseHTTPRequestHandler):
    gateway: Gateway

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in NOT_FROM_CLIENT
        }
        response = self.gateway.answer(self.command, self.path, headers, body)
        content = events.response_body(response)
        self.send_response(response["statusCode"])
        for name, values in response.get("multiValueHeaders", {}).items():
            for value in values if name.lower() not in NOT_FROM_CLIENT else []:
                self.send_header(name, self.gateway.to_browser(value))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: the function has a log of its own."""


def refusal(status: int, message: str) -> dict[str, Any]:
    headers = {"Content-Type": ["application/json"]}
    return {
        "statusCode": status,
        "multiValueHeaders": headers,
        "body": f'{{"message": "{message}"}}',
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("service", type=Path, help="folder of a service with a package in dist/")
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    arguments = parser.parse_args()
    service = Service(arguments.service.resolve())
    password = secrets.token_urlsafe(12)
    with tempfile.TemporaryDirectory() as folder, Daemon() as daemon:
        environment = {
            "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
            "DATABASE_URL": f"sqlite:///{folder}/gateway.sqlite3",
            "DJANGO_SUPERUSER_PASSWORD": password,
        }
        package = service.unpack(Path(folder, "package"))
        function = Function(package, daemon.address, python=service.python, environment=environment)
        with function, Gateway(function, arguments.port) as gateway:
            function.manage("migrate")
            function.manage("createsuperuser --noinput --username admin --email admin@example.com")
            print(f"{gateway.url}/admin/ (admin, {password}) until Ctrl-C", flush=True)
            gateway.wait()


if __name__ == "__main__":
    main()
