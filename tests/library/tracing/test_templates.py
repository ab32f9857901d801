from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing.background import BackgroundWork

pytestmark = pytest.mark.urls("tests.library.tracing.urls")


def children(trace_daemon: TraceDaemon) -> list[Any]:
    return [child["name"] for one in trace_daemon.complete for child in one.get("subsegments", ())]


def test_one_has_its_name_and_a_text_that_is_rendered_is_a_template(
    trace_daemon: TraceDaemon,
) -> None:
    Client().get("/nameless/")
    with BackgroundWork("library"):
        Template("ok", name="a/page.html").render(Context())

    assert children(trace_daemon) == ["template", "a/page.html"]


@pytest.mark.parametrize("path", ["/nowhere/", "/missing/", "/forbidden/", "/broken/"])
def test_django_s_own_error_page_is_none(path: str, trace_daemon: TraceDaemon) -> None:
    Client(raise_request_exception=False).get(path)

    assert children(trace_daemon) == []
    assert trace_daemon.complete[0]["annotations"]["status"] >= 400
