"""The traces of requests through the packaged handler: the zip and nothing but the zip."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from emulator import events
from emulator.daemon import Daemon, Document
from emulator.function import Function
from emulator.gateway import Gateway
from emulator.service import Service
from emulator.traces import exceptions

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("traces")]

PARENT = "53995c3f42cd8ad8"
MARKS = ("error", "fault", "throttle")


@pytest.fixture(scope="module")
def xray() -> Iterator[Daemon]:
    with Daemon() as daemon:
        yield daemon


@pytest.fixture(scope="module")
def function(
    package: Path, packaged: Service, xray: Daemon, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Function]:
    """The packaged service on a migrated database."""
    database = tmp_path_factory.mktemp("database") / "notes.sqlite3"
    with packaged_function(package, packaged, xray, f"sqlite:///{database}") as function:
        function.manage("migrate")
        function.manage("createsuperuser --noinput --username jo --email jo@example.com")
        yield function


@pytest.fixture(scope="module")
def token(function: Function) -> str:
    found = re.search(r"\b[0-9a-f]{40}\b", function.manage("drf_create_token jo"))
    assert found is not None
    return found.group()


def packaged_function(
    package: Path, packaged: Service, xray: Daemon, database: str, **environment: str
) -> Function:
    environment |= {"DJANGO_SECRET_KEY": secrets.token_urlsafe(50), "DATABASE_URL": database}
    environment |= {"DJANGO_API_DOCS": "true"}
    return Function(
        package,
        xray.address,
        python=packaged.python,
        name=packaged.function_name("dev"),
        environment=environment,
    )


class Traced:
    """A request's response and the final documents of its trace."""

    def __init__(self, function: Function, xray: Daemon, method: str, path: str, **request: Any):
        self.id = events.trace_id()
        header = events.trace_header(self.id, parent=PARENT)
        self.response = function.request(method, path, trace_header=header, **request)
        self.sent = xray.of_trace(self.id)
        final = {document["id"]: document for document in self.sent}
        self.below_the_function = [
            document for document in final.values() if document.get("parent_id") == PARENT
        ]
        self.outer = self.below_the_function[0]
        self.inner = [
            document for document in final.values() if document["parent_id"] == self.outer["id"]
        ]

    @property
    def queries(self) -> list[Document]:
        return [document for document in self.inner if is_query(document)]

    @property
    def marks(self) -> list[str]:
        return [mark for mark in MARKS if self.outer.get(mark)]


def is_query(document: Document) -> bool:
    return "sanitized_query" in document.get("sql", {})


@pytest.fixture
def authorization(token: str) -> dict[str, str]:
    return {"Authorization": f"Token {token}"}


def test_request_is_one_subsegment_below_the_functions_segment(
    function: Function, xray: Daemon, authorization: dict[str, str], packaged: Service
) -> None:
    traced = Traced(function, xray, "GET", "/api/notes/?page=1", headers=authorization)
    assert traced.response["statusCode"] == 200
    assert len(traced.below_the_function) == 1
    outer = dict(traced.outer)
    assert outer.pop("end_time") > outer.pop("start_time")
    assert re.fullmatch("[0-9a-f]{16}", outer.pop("id"))
    assert outer == {
        "name": packaged.slug,
        "trace_id": traced.id,
        "parent_id": PARENT,
        "type": "subsegment",
        "namespace": "local",
        "in_progress": False,
        "http": {
            "request": {"method": "GET", "url": f"https://{host(function)}/dev/api/notes/"},
            "response": {
                "status": 200,
                "content_length": len(events.response_body(traced.response)),
            },
        },
        "annotations": {
            "route": "/api/notes/",
            "method": "GET",
            "status": 200,
            "stage": "dev",
            "cold_start": False,
        },
    }


def host(function: Function) -> str:
    return f"{events.API_ID}.execute-api.{function.region}.amazonaws.com"


def test_queries_are_below_the_request(
    function: Function, xray: Daemon, authorization: dict[str, str]
) -> None:
    traced = Traced(
        function, xray, "POST", "/api/notes/", json={"title": "A"}, headers=authorization
    )
    assert traced.response["statusCode"] == 201
    texts = [query["sql"]["sanitized_query"] for query in traced.queries]
    assert [text.split()[0] for text in texts] == ["SELECT", "INSERT"]
    assert "authtoken_token" in texts[0]
    assert "notes_note" in texts[1]
    for query in traced.queries:
        assert traced.outer["start_time"] <= query["start_time"] <= query["end_time"]
        assert query["end_time"] <= traced.outer["end_time"]


def test_health_asks_no_database(function: Function, xray: Daemon) -> None:
    traced = Traced(function, xray, "GET", "/health/")
    assert traced.response["statusCode"] == 200
    assert traced.outer["annotations"]["route"] == "/health/"
    assert traced.queries == []


def test_health_answers_without_any_database(
    package: Path, packaged: Service, xray: Daemon
) -> None:
    database = "postgresql://notes:notes@127.0.0.1:1/notes"
    with packaged_function(package, packaged, xray, database) as function:
        assert function.request("GET", "/health/")["statusCode"] == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "route"),
    [
        ("GET", "/api/notes/4711/", None, 404, "/api/notes/{id}/"),
        ("GET", "/nowhere/", None, 404, "(no route)"),
        ("POST", "/api/notes/", {"title": ""}, 400, "/api/notes/"),
    ],
)
def test_refused_request_is_an_error_without_a_cause(
    function: Function,
    xray: Daemon,
    authorization: dict[str, str],
    method: str,
    path: str,
    body: Any,
    status: int,
    route: str,
) -> None:
    traced = Traced(function, xray, method, path, json=body, headers=authorization)
    assert traced.response["statusCode"] == status
    assert traced.outer["http"]["response"]["status"] == status
    assert traced.outer["annotations"]["route"] == route
    assert traced.marks == ["error"]
    assert "cause" not in traced.outer


def test_request_without_a_token_is_an_error(function: Function, xray: Daemon) -> None:
    traced = Traced(function, xray, "GET", "/api/notes/")
    assert traced.response["statusCode"] == 401
    assert traced.marks == ["error"]
    assert "cause" not in traced.outer


@pytest.fixture(scope="module")
def failed(
    package: Path, packaged: Service, xray: Daemon, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Traced, str]:
    """A request to a database that nobody migrated, and the log of it."""
    database = tmp_path_factory.mktemp("unmigrated") / "notes.sqlite3"
    with packaged_function(package, packaged, xray, f"sqlite:///{database}") as unmigrated:
        headers = {"Authorization": f"Token {'0' * 40}"}
        return Traced(unmigrated, xray, "GET", "/api/notes/", headers=headers), unmigrated.log


def test_unhandled_500_is_a_fault_with_its_cause(failed: tuple[Traced, str]) -> None:
    traced, _ = failed
    assert traced.response["statusCode"] == 500
    assert traced.marks == ["fault"]
    assert traced.outer["annotations"]["status"] == 500
    djangos, drivers = exceptions(traced.outer)
    assert djangos["cause"] == drivers["id"]
    for cause in (djangos, drivers):
        assert cause["type"] == "OperationalError"
        assert cause["message"] == "no such table: authtoken_token"
        assert cause["stack"]
    (query,) = traced.queries
    assert query["fault"] is True


def test_failure_is_logged_in_json_with_its_trace_and_its_request(
    failed: tuple[Traced, str],
) -> None:
    traced, log = failed
    (line,) = (json.loads(line) for line in log.splitlines() if "Internal Server Error" in line)
    assert line["level"] == "ERROR"
    assert line["trace_id"] == traced.id
    assert re.fullmatch("[0-9a-f-]{36}", line["request_id"])


def test_what_django_logs_after_the_request_has_its_ids_and_those_of_no_other_request(
    function: Function, xray: Daemon
) -> None:
    before = len(function.log)
    refused = [Traced(function, xray, "GET", "/api/notes/") for _ in range(2)]
    lines = [json.loads(line) for line in function.log[before:].splitlines() if line[:1] == "{"]
    djangos = [line for line in lines if line["logger"] == "django.request"]
    assert [line["message"] for line in djangos] == ["Unauthorized: /api/notes/"] * 2
    assert [line["trace_id"] for line in lines] == [
        traced.id for traced in refused for _ in ("our line", "Django's line")
    ]
    first, second = (line["request_id"] for line in djangos)
    assert re.fullmatch("[0-9a-f-]{36}", first)
    assert re.fullmatch("[0-9a-f-]{36}", second)
    assert first != second


def test_answered_request_is_neither_error_nor_fault(
    function: Function, xray: Daemon, authorization: dict[str, str]
) -> None:
    traced = Traced(function, xray, "GET", "/api/notes/", headers=authorization)
    assert traced.marks == []
    assert "cause" not in traced.outer


@pytest.mark.parametrize("header", ["unsampled", "passthrough"])
def test_untraced_request_is_answered_and_sends_nothing(
    function: Function, xray: Daemon, authorization: dict[str, str], header: str
) -> None:
    headers = {
        "unsampled": events.trace_header(sampled=False),
        "passthrough": events.passthrough_trace_header(),
        "sampled": events.trace_header(),
    }
    seen = {}
    for name in (header, "sampled"):
        xray.clear()
        response = function.request(
            "GET", "/api/notes/", trace_header=headers[name], headers=authorization
        )
        seen[name] = (response["statusCode"], bool(xray.packets))
    assert seen == {header: (200, False), "sampled": (200, True)}


def test_scheduled_function_has_a_subsegment_with_its_queries(
    function: Function, xray: Daemon
) -> None:
    trace = events.trace_id()
    event = events.scheduled("notes.scheduled.count_new_notes", lambda_name=function.name)
    function.invoke(event, events.trace_header(trace, parent=PARENT))
    documents = xray.of_trace(trace)
    outer = [document for document in documents if document.get("parent_id") == PARENT]
    assert outer
    assert outer[-1]["end_time"]
    assert "count_new_notes" in outer[-1]["name"]
    below = [document for document in documents if document.get("parent_id") == outer[-1]["id"]]
    assert [is_query(document) for document in below] == [True]


def test_log_lines_are_json_with_the_trace(function: Function, xray: Daemon) -> None:
    before = len(function.log)
    traced = Traced(function, xray, "GET", "/nowhere/")
    lines = [json.loads(line) for line in function.log[before:].splitlines() if line[:1] == "{"]
    assert lines
    assert {line["trace_id"] for line in lines} == {traced.id}


def addresses_in(page: str) -> list[str]:
    """Return the addresses of what a page loads: styles, scripts and pictures."""
    return [
        address
        for address in re.findall(r'(?:href|src)="([^"#]+)"', page)
        if re.search(r"\.(css|js|png|svg)$", address)
    ]


@pytest.mark.parametrize("path", ["/admin/login/", "/api/docs/"])
def test_page_finds_its_styles_below_the_stage(function: Function, path: str) -> None:
    page = events.response_body(function.request("GET", path)).decode()
    addresses = addresses_in(page)
    assert any(address.endswith(".css") for address in addresses)
    for address in addresses:
        assert address.startswith("/dev/static/")
        answer = function.request("GET", address.removeprefix("/dev"))
        assert (address, answer["statusCode"]) == (address, 200)
        assert events.response_body(answer)


def test_admin_lets_its_user_in(
    package: Path, packaged: Service, xray: Daemon, tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path}/notes.sqlite3"
    with (
        packaged_function(
            package, packaged, xray, database, DJANGO_SUPERUSER_PASSWORD="correct horse"
        ) as function,
        Gateway(function) as gateway,
    ):
        function.manage("migrate")
        function.manage("createsuperuser --noinput --username jo --email jo@example.com")
        jar = cookies_of_a_browser()
        browser = build_opener(HTTPCookieProcessor(jar))
        address = f"{gateway.url}/admin/login/?next=/dev/admin/"
        with browser.open(address, timeout=10) as answer:
            # For this host alone: not for what else is below an apex domain.
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
            form = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
        assert form is not None
        fields = {
            "csrfmiddlewaretoken": form.group(1),
            "username": "jo",
            "password": "correct horse",
            "next": "/dev/admin/",
        }
        foreign = Request(address, urlencode(fields).encode(), {"Origin": "https://other.example"})
        with pytest.raises(HTTPError) as refused:
            browser.open(foreign, timeout=10)
        assert refused.value.code == 403
        refused.value.close()
        login = Request(address, urlencode(fields).encode(), {"Origin": gateway.origin})
        with browser.open(login, timeout=10) as answer:
            assert answer.url == f"{gateway.url}/admin/"
            assert "Log out" in answer.read().decode()
        secure = {cookie.name: cookie.secure for cookie in jar}
        assert secure == {"csrftoken": True, "sessionid": True}


def cookies_of_a_browser() -> CookieJar:
    """Return a jar that sends secure cookies to this machine, as browsers do."""
    return CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
