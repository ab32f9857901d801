"""An emulated AWS on a free loopback port: moto's server, a process for each account."""

from __future__ import annotations

import atexit
import io
import json
import socket
import sys
import tempfile
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, Self

import boto3  # type: ignore[import-untyped]  # it has no types

from emulator.processes import TEMPLATE, read_all, started

STARTING = threading.Lock()
MAKING_CLIENTS = threading.Lock()  # a session is not for several threads at a time
ORDERS, HELD = "/emulator/faults", "/emulator/held"  # see emulator/faults.py


@cache
def session() -> Any:
    """Return the session of all clients here: each one reads what botocore knows of AWS anew."""
    return boto3.session.Session()


@cache
def accounts() -> tuple[socket.socket, IO[bytes]]:
    """Start emulator/accounts.py, once and until this process ends; return its socket and its log."""
    with ExitStack() as starting:
        log = starting.enter_context(tempfile.TemporaryFile())
        orders, theirs = socket.socketpair()
        starting.enter_context(orders)
        command = [sys.executable, "-m", "emulator.accounts"]
        with theirs:
            starting.enter_context(
                started(command, cwd=TEMPLATE, stdin=theirs, stdout=log, stderr=log)
            )
        atexit.register(starting.pop_all().close)
    return orders, log


@contextmanager
def account() -> Iterator[int]:
    """Yield the port of a new account. Raises RuntimeError when it does not come up."""
    with STARTING:
        orders, log = accounts()
    here, there = socket.socketpair()
    with here:
        with there, suppress(ConnectionError):
            socket.send_fds(orders, [b"\0"], [there.fileno()])
        port = here.recv(16)
        if not port:
            raise RuntimeError(f"The emulated AWS did not start:\n{read_all(log)}")
        yield int(port)
        here.shutdown(socket.SHUT_WR)
        here.recv(1)  # it is gone


class EmulatedAWS:
    """Context manager: an AWS account of its own that lives as long as the `with` block.

    `region` is what `environment()` and `client()` say unless told otherwise. Raises RuntimeError
    when the server does not come up.
    """

    def __init__(self, region: str = "eu-central-1") -> None:
        self.region = region
        self.url = ""
        self._resources = ExitStack()
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            self.url = f"http://127.0.0.1:{starting.enter_context(account())}"
            self._resources = starting.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        for client in self._clients.values():
            client.close()
        self._resources.close()

    def environment(self) -> dict[str, str]:
        """Return the environment variables that lead every AWS client here and nowhere else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "emulated",
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
        }

    def client(self, service: str) -> Any:
        """Return a boto3 client of the emulated account, such as `client("apigateway")`."""
        with MAKING_CLIENTS:
            if service not in self._clients:
                self._clients[service] = session().client(
                    service,
                    region_name=self.region,
                    endpoint_url=self.url,
                    aws_access_key_id="emulated",
                    aws_secret_access_key="emulated",
                )
            return self._clients[service]

    def fail(self, operation: str, **how: Any) -> None:
        """Have an operation such as CreateStack fail from now on, `how` says emulator/faults.py."""
        self._ask("POST", ORDERS, json.dumps({"operation": operation, **how}).encode())

    def wait_for_held_call(self) -> None:
        """Return once an operation that was ordered to `hold` has been done. Raises URLError."""
        self._ask("GET", HELD)

    def forget_faults(self) -> None:
        """Let everything succeed again."""
        self._ask("DELETE", ORDERS)

    def reset(self) -> None:
        """Empty the account, and let everything succeed again."""
        self.forget_faults()
        self._ask("POST", "/moto-api/reset")

    def _ask(self, method: str, path: str, body: bytes | None = None) -> None:
        request = urllib.request.Request(f"{self.url}{path}", body, method=method)
        urllib.request.urlopen(request, timeout=150).close()

    def function_tracing(self, function: str) -> str | None:
        """Return a function's X-Ray mode, `Active` or `PassThrough`; None for no such function."""
        client = self.client("lambda")
        try:
            configuration = client.get_function_configuration(FunctionName=function)
        except client.exceptions.ResourceNotFoundException:
            return None
        return str(configuration.get("TracingConfig", {}).get("Mode", "PassThrough"))

    def function_environment(self, function: str) -> dict[str, str]:
        """Return a deployed function's environment variables. Raises botocore's ClientError."""
        configuration = self.client("lambda").get_function_configuration(FunctionName=function)
        return dict(configuration.get("Environment", {}).get("Variables", {}))

    def stage_tracing(self, api: str, stage: str) -> bool | None:
        """Return whether a stage of the REST API `api` is traced; None for no such stage."""
        try:
            api_id = self.rest_api_id(api)
        except LookupError:
            return None
        for found in self.client("apigateway").get_stages(restApiId=api_id)["item"]:
            if found["stageName"] == stage:
                return bool(found.get("tracingEnabled", False))
        return None

    def gateway_responses(self, api: str, stage: str) -> dict[str, dict[str, Any]]:
        """Return the gateway responses that a stage was deployed with, by their types."""
        path = f"emulator/apis/{self.region}/{self.rest_api_id(api)}/{stage}/gateway-responses"
        with urllib.request.urlopen(f"{self.url}/{path}", timeout=60) as response:
            found: dict[str, dict[str, Any]] = json.load(response)
        return found

    def rest_api_id(self, name: str) -> str:
        """Return the id of the REST API of a name. Raises LookupError when there is not just one."""
        apis = self.client("apigateway").get_rest_apis(limit=500)["items"]
        ids = [str(api["id"]) for api in apis if api["name"] == name]
        if len(ids) != 1:
            raise LookupError(f"{len(ids)} REST APIs are named {name}.")
        return ids[0]

    def sampling_rules(self) -> list[dict[str, Any]]:
        """Return X-Ray's sampling rules, the default one included."""
        records = self.client("xray").get_sampling_rules()["SamplingRuleRecords"]
        return [record["SamplingRule"] for record in records]

    def download(self, function: str, folder: Path) -> Path:
        """Unpack the code that a deployed function runs into `folder` and return the folder."""
        found = self.client("lambda").get_function(FunctionName=function)
        with urllib.request.urlopen(found["Code"]["Location"], timeout=60) as response:
            code = response.read()
        with zipfile.ZipFile(io.BytesIO(code)) as package:
            package.extractall(folder)
        return folder
