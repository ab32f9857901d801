from typing import Any

import pytest
from aws_xray_sdk.core import xray_recorder
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from zappa_xray.testing import TraceDaemon

pytestmark = pytest.mark.urls(__name__)

ROOT = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"
PARENT = "53995c3f42cd8ad8"


def outgoing(request: HttpRequest) -> HttpResponse:
    """Answers with the header that a call to another service would have."""
    import requests

    session = requests.Session()
    with xray_recorder.in_subsegment("call", namespace="remote"):
        prepared = session.prepare_request(requests.Request("GET", "http://localhost/"))
    return HttpResponse(prepared.headers["X-Amzn-Trace-Id"])


urlpatterns = [path("", outgoing)]


def get(header: str) -> Any:
    return Client().get("/", headers={"X-Amzn-Trace-Id": header})


def test_the_answer_names_the_trace(trace_daemon: TraceDaemon) -> None:
    assert (
        get(f"Root={ROOT};Parent={PARENT};Sampled=1").headers["X-Amzn-Trace-Id"] == f"Root={ROOT}"
    )
    assert trace_daemon.documents[-1]["parent_id"] == PARENT


def test_who_asks_whether_it_is_sampled_is_told(trace_daemon: TraceDaemon) -> None:
    response = get(f"Root={ROOT};Sampled=?")

    assert response.headers["X-Amzn-Trace-Id"] == f"Root={ROOT};Sampled=1"
    assert trace_daemon.documents[-1]["trace_id"] == ROOT


def test_further_fields_go_on_with_outgoing_calls(trace_daemon: TraceDaemon) -> None:
    content = get(f"Self=1-a;Root={ROOT};Parent={PARENT};Sampled=1;Lineage=a:1").content.decode()

    [child] = trace_daemon.documents[-1]["subsegments"]
    assert content == f"Root={ROOT};Parent={child['id']};Sampled=1;Lineage=a:1"


@pytest.mark.parametrize("header", ["Root=junk;Parent=junk", "k1=v1", "Root=1-2;Sampled=?", ";;=;"])
def test_what_is_no_trace_id_begins_a_trace_of_its_own(
    trace_daemon: TraceDaemon, caplog: pytest.LogCaptureFixture, header: str
) -> None:
    root = get(header).headers["X-Amzn-Trace-Id"].partition(";")[0].removeprefix("Root=")

    assert root == trace_daemon.documents[-1]["trace_id"]
    assert "parent_id" not in trace_daemon.documents[-1]
    assert "malformed" not in caplog.text
