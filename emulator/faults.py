"""WSGI middleware that fails as it was ordered to: a refused call, a stack that ends badly, a held answer.

Orders are POSTed as JSON to `/emulator/faults`; a DELETE there forgets them all:

    {"operation": "CreateFunction", "code": "AccessDeniedException", "message": "...", "times": 1}
    {"operation": "CreateStack", "stack": "ROLLBACK_COMPLETE", "message": "why a resource failed"}
    {"operation": "CreateFunction", "hold": true}: it is done, and nobody is told; who asks for
        `/emulator/held` is answered once a call is held

Without `times` an order stands until it is forgotten.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request, Response

from emulator import stacks
from emulator.aws import HELD, ORDERS
from emulator.operations import asked, service_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_WAIT_SECONDS = 120
IN_XML = ("cloudformation", "iam", "s3", "sts")


@dataclass
class Fault:
    """How an operation fails: with an error code, with the state of a stack, or by no answer."""

    operation: str
    code: str = ""
    message: str = "Ordered to fail."
    status: int = 400
    stack: str = ""
    hold: bool = False
    times: int | None = None


class Faults:
    """Fails what it was ordered to fail, and passes everything else to `application`."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._orders: list[Fault] = []
        self._lock = threading.Lock()
        self._held, self._forgotten = threading.Event(), threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == ORDERS:
            return self._order(Request(environ))(environ, start_response)
        if environ["PATH_INFO"] == HELD:
            status = 204 if self._held.wait(LONGEST_WAIT_SECONDS) else 504
            return Response(status=status)(environ, start_response)
        fault = self._take(asked(environ)) if self._orders else None
        if fault is None:
            return self._application(environ, start_response)
        if fault.code:
            return refusal(fault, service_of(environ))(environ, start_response)
        return self._do(fault, environ, start_response)

    def _do(
        self, fault: Fault, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        answer = Response.from_app(self._application, environ, buffered=True)
        if fault.stack and answer.status_code == 200:
            stacks.end(fault.stack, fault.message)
        if fault.hold:
            self._held.set()
            self._forgotten.wait(LONGEST_WAIT_SECONDS)
        return answer(environ, start_response)

    def _order(self, request: Request) -> Response:
        with self._lock:
            if request.method == "DELETE":
                self._orders.clear()
                self._forgotten.set()
                self._held, self._forgotten = threading.Event(), threading.Event()
            else:
                self._orders.append(Fault(**json.loads(request.get_data())))
        return Response(status=204)

    def _take(self, operations: set[str]) -> Fault | None:
        with self._lock:
            fault = next((one for one in self._orders if one.operation in operations), None)
            if fault is not None and fault.times is not None:
                fault.times -= 1
                if not fault.times:
                    self._orders.remove(fault)
            return fault


def refusal(fault: Fault, service: str) -> Response:
    """Return an error as the service's protocol has it: https://smithy.io/2.0/aws/protocols/index.html"""
    if service not in IN_XML:
        content = {"__type": fault.code, "message": fault.message, "Message": fault.message}
        headers = {"x-amzn-errortype": fault.code}
        text = json.dumps(content)
        return Response(text, fault.status, headers, content_type="application/json")
    error = f"<Error><Code>{fault.code}</Code><Message>{escape(fault.message)}</Message></Error>"
    whole = error if service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>"
    return Response(whole, fault.status, content_type="text/xml")
