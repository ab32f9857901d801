"""What `emulator.aws.EmulatedAWS` talks to: moto's server plus the routes that moto lacks."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from moto import backends
from moto.apigateway.models import RestAPI, apigateway_backends
from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.logs.models import LogsBackend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server

from emulator import (
    api_gateway,
    dead_letters,
    provisioned_concurrency,
    snap_start,
    stacks,
    versions,
)
from emulator.events import ACCOUNT_ID
from emulator.faults import Faults
from emulator.metric_filters import counted, replaced
from emulator.missing_operations import MissingOperations
from emulator.sampling import Refused, SamplingRules
from emulator.saved_queries import SavedQueries
from emulator.served import Served
from emulator.x_ray_groups import Groups

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FUNCTION_URLS = re.compile(r"/2021-10-31/functions/[^/]+/urls/?")
FUNCTION_POLICY = re.compile(r"/2015-03-31/functions/[^/]+/policy/?")
FUNCTION_VERSION = re.compile(r"/2015-03-31/functions/function:(?P<name>[^/:]+):(?P<version>\d+)")
FUNCTION_CODE = re.compile(r"/emulator/functions/(?P<region>[^/]+)/(?P<name>[^/]+)/code")


class CompletedMoto:
    """WSGI application that answers as AWS does where moto does not; the rest is moto's."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.provisioned = provisioned_concurrency.ProvisionedConcurrency()
        self.kept = (SamplingRules(), Groups(), SavedQueries())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if method == "GET" and FUNCTION_URLS.fullmatch(path):
            # https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionUrlConfigs.html
            return answer(start_response, {"FunctionUrlConfigs": []})
        call: str = environ.get("HTTP_X_AMZ_TARGET") or path
        for kept in self.kept:
            if kept.knows(call):
                return self._kept(kept, call, environ, start_response)
        if asked := provisioned_concurrency.PATH.fullmatch(path):
            length = int(environ.get("CONTENT_LENGTH") or 0)
            status, said = self.provisioned.answer(
                method,
                asked["function"],
                environ["QUERY_STRING"],
                environ["wsgi.input"].read(length),
            )
            return send(start_response, said, "application/json", status)
        if version := FUNCTION_VERSION.fullmatch(path):
            # https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html: a partial ARN
            environ["PATH_INFO"] = f"/2015-03-31/functions/{version['name']}"
            environ["QUERY_STRING"] = f"Qualifier={version['version']}"
            environ["REQUEST_URI"] = environ["RAW_URI"] = ""
        if code := FUNCTION_CODE.fullmatch(path):
            return send(start_response, function_code(**code.groupdict()), "application/zip")
        if deployed := api_gateway.DEPLOYED_RESPONSES.fullmatch(path):
            responses = api_gateway.deployed_responses(**deployed.groupdict())
            return send(start_response, responses, "application/json")
        if method == "POST" and FUNCTION_POLICY.fullmatch(path):
            # https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html: Zappa reads the code
            return self.application(environ, created(start_response))
        return self.application(environ, start_response)

    def _kept(
        self,
        kept: SamplingRules | Groups | SavedQueries,
        call: str,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            return answer(start_response, kept.answer(call, body))
        except Refused as refusal:
            error = {"__type": "InvalidRequestException", "Message": str(refusal)}
            return answer(start_response, error, "400 Bad Request")


def answer(start_response: StartResponse, content: Any, status: str = "200 OK") -> list[bytes]:
    return send(start_response, json.dumps(content).encode(), "application/json", status)


def send(
    start_response: StartResponse, body: bytes, content_type: str, status: str = "200 OK"
) -> list[bytes]:
    start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [body]


def created(start_response: StartResponse) -> Any:
    def start(status: str, *arguments: Any) -> Any:
        return start_response("201 Created" if status.startswith("200") else status, *arguments)

    return start


def function_code(region: str, name: str) -> bytes:
    """Return the zip that the emulated Lambda holds; `name` may end in `:` and a version."""
    function, _, version = name.partition(":")
    return lambda_backends[ACCOUNT_ID][region].get_function(function, version or None).code_bytes


def code_from_here(get_code: Callable[[LambdaFunction], Any]) -> Callable[[LambdaFunction], Any]:
    """Change where get_function says that the code is: moto names an address of the real AWS."""

    def get_code_here(function: LambdaFunction) -> Any:
        found = get_code(function)
        path = f"{function.region}/{function.function_name}:{function.version}"
        address = f"http://127.0.0.1:{os.environ['MOTO_PORT']}/emulator/functions/{path}/code"
        if "Location" in found.get("Code", {}):
            found["Code"]["Location"] = address
        return found

    return get_code_here


def delete_rest_api(
    _class: type[RestAPI], api: str, _json: object, account: str, region: str
) -> None:
    """Delete the REST API of a CloudFormation stack together with the stack, which moto leaves out."""
    apigateway_backends[account][region].delete_rest_api(api)


class Handler(MotoRequestHandler):
    def log_request(self, *_told: object) -> None:
        """Leave out the line of each request: what goes wrong is logged all the same."""


def application() -> WSGIApplication:
    """Change moto in this process, and return the application that answers for an account."""
    LambdaFunction.get_code = code_from_here(LambdaFunction.get_code)  # type: ignore[assignment]  # its own address is AWS's
    LogsBackend.put_log_events = counted(LogsBackend.put_log_events)  # type: ignore[method-assign]  # moto counts nothing
    LogsBackend.put_metric_filter = replaced(LogsBackend.put_metric_filter)  # type: ignore[method-assign]  # moto keeps both
    RestAPI.delete_from_cloudformation_json = classmethod(delete_rest_api)  # type: ignore[assignment]  # moto lacks it
    # moto looks through its folders at each request
    backends.list_of_moto_modules = partial(tuple, list(backends.list_of_moto_modules()))
    api_gateway.install()
    dead_letters.install()
    snap_start.install()
    stacks.install()
    versions.install()
    moto = DomainDispatcherApplication(create_backend_app)
    return Served(Faults(CompletedMoto(MissingOperations(moto))))


def server(application: WSGIApplication) -> BaseWSGIServer:
    """Return a server of the application on a free loopback port."""
    made = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    os.environ["MOTO_PORT"] = str(made.server_port)
    return made
