import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import click
import pytest
from zappa_xray.deployment import touch as module
from zappa_xray.deployment.touch import address, touch
from zappa_xray.stages import console_address

from tests.library.deployment.conftest import AWS, stage

UPDATED = {"State": "Active", "LastUpdateStatus": "Successful"}


class Service:
    """An HTTP server that answers the given statuses one after the other, the last one for ever."""

    def __init__(self, statuses: list[int]) -> None:
        self.trace_headers: list[str] = []
        handler = type("Handler", (Handler,), {"service": self, "statuses": statuses})
        self.server = HTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/health/"


class Handler(BaseHTTPRequestHandler):
    service: Service
    statuses: list[int]

    def do_GET(self) -> None:
        self.service.trace_headers.append(self.headers["X-Amzn-Trace-Id"])
        self.send_response(self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    service = Service(list(request.param))
    thread = threading.Thread(target=service.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield service
    service.server.shutdown()
    thread.join()
    service.server.server_close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN", 0)


@pytest.mark.parametrize("service", [[200]], indirect=True)
def test_the_answer_is_said_with_the_address_of_its_trace(aws: AWS, service: Service) -> None:
    found = aws.stage(health_url=service.url)
    aws.answers("lambda", "get_function_configuration", UPDATED, FunctionName="notes-dev")
    said = touch(found)
    [header] = service.trace_headers
    trace_id = header.removeprefix("Root=").removesuffix(";Sampled=1")
    assert (
        said
        == f"{service.url} answered 200, its trace: {console_address('eu-central-1', trace_id)}"
    )


@pytest.mark.parametrize("service", [[500, 502, 200]], indirect=True)
def test_trap_02_a_service_that_fails_at_first_is_touched_again(aws: AWS, service: Service) -> None:
    found = aws.stage(health_url=service.url)
    aws.answers("lambda", "get_function_configuration", UPDATED)
    assert f"{service.url} answered 200" in touch(found)
    assert len(set(service.trace_headers)) == 3


@pytest.mark.parametrize("service", [[500]], indirect=True)
def test_trap_02_a_service_that_goes_on_failing_is_a_fault(aws: AWS, service: Service) -> None:
    found = aws.stage(health_url=service.url)
    aws.answers("lambda", "get_function_configuration", UPDATED)
    with pytest.raises(click.ClickException, match=r"answered 500.*\n.*make logs STAGE=dev"):
        touch(found)
    assert len(service.trace_headers) == module.TRIES


def test_an_address_that_cannot_be_reached_is_said_and_no_fault(aws: AWS) -> None:
    found = aws.stage(health_url="http://127.0.0.1:9/health/")
    aws.answers("lambda", "get_function_configuration", UPDATED)
    assert "http://127.0.0.1:9/health/ cannot be reached from here" in touch(found)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"endpoint_configuration": ["PRIVATE"]}, "the API is private"),
        ({"alb_enabled": True}, "the address of a load balancer is not known here"),
    ],
)
def test_what_has_no_address_is_not_touched(settings: dict[str, Any], reason: str) -> None:
    assert touch(stage(**settings)).startswith(f"Not touched: {reason}")


def test_the_stage_of_an_emulated_aws_is_touched_at_its_endpoint(
    aws: AWS, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = aws.stage()
    aws.has_an_api()
    meta = found.client("apigateway").meta
    monkeypatch.setattr(meta, "_endpoint_url", "http://127.0.0.1:5000")
    assert address(found) == "http://127.0.0.1:5000/_aws/execute-api/abc123/dev/health/"


def test_the_address_is_the_domain_s_where_there_is_one(aws: AWS) -> None:
    found = aws.stage()
    aws.has_an_api()
    assert address(found) == "https://abc123.execute-api.eu-central-1.amazonaws.com/dev/health/"
    domain = stage(domain="api.example.org", base_path="v1", touch_path="/api/schema/")
    assert address(domain) == "https://api.example.org/v1/api/schema/"
