"""WSGI middleware that leads to what is served of an account: its stages and its functions.

`/_aws/execute-api/API_ID/STAGE/PATH` is the address that LocalStack made customary for a deployed stage:
https://docs.localstack.cloud/aws/services/apigateway/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from moto.apigateway.models import apigateway_backends
from werkzeug.middleware.http_proxy import ProxyMiddleware
from werkzeug.wrappers import Request, Response

from emulator.events import ACCOUNT_ID

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REGISTER = "/emulator/served"
STAGE = re.compile(r"(?P<prefix>/_aws/execute-api/(?P<api>[^/]+))/.*")
INVOKE = re.compile(r"/2015-03-31/functions/(?P<name>[^/]+)/invocations")
LONGEST_ANSWER_SECONDS = 1000
NOBODY = "Nobody serves this stage: see emulator/deployed_stage.py."


class Served:
    """Passes on what somebody has registered for, and everything else to `application`.

    A registration is a POST of `{"function": NAME, "stage": ORIGIN, "invoke": ORIGIN}`; the two are null
    when it ends. The API of a function has the function's name, as Zappa does it.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._proxy = ProxyMiddleware(application, {}, timeout=LONGEST_ANSWER_SECONDS)
        self._stages: dict[str, str | None] = {}
        self._functions: dict[str, str | None] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == REGISTER:
            return self._register(environ, start_response)
        if stage := STAGE.fullmatch(path):
            origin = self._stages.get(name_of_api(stage["api"]) or "")
            if origin is None:
                refusal = Response(
                    json.dumps({"message": NOBODY}), 404, mimetype="application/json"
                )
                return refusal(environ, start_response)
            return self._pass_on(origin, path, stage["prefix"])(environ, start_response)
        if (invoke := INVOKE.fullmatch(path)) and environ["REQUEST_METHOD"] == "POST":
            name = unquote(invoke["name"]).rpartition("function:")[2]
            if origin := self._functions.get(name):
                return self._pass_on(origin, path, "")(environ, start_response)
        return self._application(environ, start_response)

    def _register(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        registration = json.loads(Request(environ).get_data())
        self._stages[registration["function"]] = registration["stage"]
        self._functions[registration["function"]] = registration["invoke"]
        return Response(status=204)(environ, start_response)

    def _pass_on(self, origin: str, path: str, prefix: str) -> WSGIApplication:
        options = {"target": origin, "remove_prefix": True, "host": "<auto>", "headers": {}}
        return self._proxy.proxy_to(options | {"ssl_context": None}, path, prefix)


def name_of_api(identity: str) -> str | None:
    """Return the name of a REST API of any region, None when there is none of this id."""
    for backend in apigateway_backends[ACCOUNT_ID].values():
        if identity in backend.apis:
            return str(backend.apis[identity].name)
    return None
