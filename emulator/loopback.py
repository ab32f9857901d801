"""An HTTP server on a loopback port, in a thread of this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Self

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response


class LoopbackServer:
    """Context manager: `respond` answers each request, several at a time.

    `origin` is its address, such as http://127.0.0.1:40123.
    """

    def __init__(self, respond: Callable[[Request], Response]) -> None:
        application = Request.application(respond)
        self._server = make_server(
            "127.0.0.1", 0, application, threaded=True, request_handler=Silent
        )
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Silent(WSGIRequestHandler):
    """Says nothing of requests, only of what goes wrong."""

    def log_request(self, *_arguments: Any) -> None:
        pass
