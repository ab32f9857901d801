"""What an exception, an outgoing call or a library's own log line would tell of somebody."""

import io
import json
import logging
from collections.abc import Iterator

import boto3
import httpx
import pytest
import requests
import urllib3
from botocore.config import Config
from django.db.utils import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing.json_lines import JsonFormatter
from zappa_xray.tracing.logs import TraceContextFilter

pytestmark = pytest.mark.urls(__name__)

# Nobody listens on this port: the connection is refused at once.
URL = "http://anna:SECRET-PASSWORD@127.0.0.1:1/path/?token=SECRET-QUERY"


def with_requests() -> None:
    requests.get(URL, timeout=1)


def with_httpx() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(500))
    httpx.Client(transport=transport).get(URL).raise_for_status()


def with_urllib3() -> None:
    urllib3.PoolManager(retries=False, timeout=1).request("GET", URL)


def with_urllib3_retries() -> None:
    urllib3.PoolManager(retries=urllib3.Retry(1, backoff_factor=0)).request("GET", URL)


def with_botocore() -> None:
    client = boto3.client(
        "s3",
        endpoint_url="http://127.0.0.1:1",
        region_name="eu-central-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(retries={"max_attempts": 0}, connect_timeout=1),
    )
    client.list_objects_v2(Bucket="path", StartAfter=URL)


# The words of PostgreSQL 17, as psycopg hands them on, and of MySQL 8.4.
POSTGRESQL = (
    'duplicate key value violates unique constraint "people_email_key"\n'
    "DETAIL:  Key (email)=(SECRET@example.org\nSECRET) already exists.\n"
)
MYSQL = "Duplicate entry 'SECRET@example.org' for key 'people.email'"


def with_postgresql() -> None:
    raise IntegrityError(POSTGRESQL)


def with_mysql() -> None:
    raise IntegrityError(1062, MYSQL)


def with_a_cause() -> None:
    try:
        with_postgresql()
    except IntegrityError as error:
        raise RuntimeError(f"could not save: {error}") from error


CALLS = {
    "requests": (with_requests, "Max retries exceeded with url: /path/ "),
    "httpx": (with_httpx, "for url 'http://127.0.0.1:1/path/'"),
    "urllib3": (with_urllib3, "Connection refused"),
    "urllib3-retries": (with_urllib3_retries, "Max retries exceeded with url: /path/ "),
    "botocore": (with_botocore, 'the endpoint URL: "http://127.0.0.1:1/path"'),
    "postgresql": (with_postgresql, 'unique constraint "people_email_key"'),
    "mysql": (with_mysql, "Duplicate entry ? for key 'people.email'"),
    "cause": (with_a_cause, 'could not save: duplicate key value violates unique constraint "peop'),
}


def failing(request: HttpRequest, call: str) -> HttpResponse:
    CALLS[call][0]()
    return HttpResponse("never")


urlpatterns = [path("failing/<str:call>/", failing)]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the service's handler writes at DEBUG, whatever the settings say of single loggers."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(TraceContextFilter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize("call", CALLS)
def test_a_failed_call_tells_neither_query_nor_password_nor_values(
    trace_daemon: TraceDaemon, log: io.StringIO, call: str
) -> None:
    logging.getLogger("botocore").setLevel(logging.WARNING)  # as the service has it

    Client(raise_request_exception=False).get(f"/failing/{call}/")

    exceptions = trace_daemon.complete[-1]["cause"]["exceptions"]
    assert CALLS[call][1] in " ".join(one["message"] for one in exceptions)
    assert CALLS[call][1] in log.getvalue()
    assert "Traceback" in log.getvalue()
    assert b"SECRET" not in b"".join(trace_daemon.packets)
    assert "SECRET" not in log.getvalue()


def test_the_libraries_own_lines_have_no_query(log: io.StringIO) -> None:
    httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200))).get(URL)
    logging.getLogger("urllib3.connectionpool").debug(
        '%s://%s:%s "%s %s %s" %s %s',
        "http",
        "h",
        80,
        "GET",
        "/a/?token=SECRET",
        "HTTP/1.1",
        200,
        2,
    )

    assert 'HTTP Request: GET http://127.0.0.1:1/path/ "HTTP/1.1 200 OK"' in log.getvalue()
    assert 'http://h:80 "GET /a/ HTTP/1.1" 200 2' in log.getvalue()
    assert "SECRET" not in log.getvalue()


def test_another_handler_still_gets_the_record_as_it_was(log: io.StringIO) -> None:
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[assignment]  # a list takes the place of a stream
    logging.getLogger().addHandler(handler)
    try:
        logging.getLogger("service").warning("calls %s", URL)
    finally:
        logging.getLogger().removeHandler(handler)

    assert "calls http://127.0.0.1:1/path/\n" in log.getvalue()
    assert records[-1].getMessage() == f"calls {URL}"


@override_settings(XRAY_TRACING={"RECORD": ["query_string", "exception_message"]})
def test_who_asks_for_query_strings_gets_them_but_never_a_password(
    trace_daemon: TraceDaemon, log: io.StringIO
) -> None:
    Client(raise_request_exception=False).get("/failing/httpx/")

    [exception] = trace_daemon.complete[-1]["cause"]["exceptions"]
    assert "http://127.0.0.1:1/path/?token=SECRET-QUERY" in exception["message"]
    assert "http://127.0.0.1:1/path/?token=SECRET-QUERY" in log.getvalue()
    assert "SECRET-PASSWORD" not in log.getvalue()
    assert b"SECRET-PASSWORD" not in b"".join(trace_daemon.packets)


@pytest.mark.parametrize(
    "exception",
    [
        ExceptionGroup("several", [IntegrityError(POSTGRESQL), ValueError("kept")]),
        RuntimeError(f"first\n{URL}", POSTGRESQL),
    ],
    ids=["group", "arguments"],
)
def test_a_traceback_of_any_shape_is_scrubbed(log: io.StringIO, exception: Exception) -> None:
    try:
        raise exception
    except Exception:
        logging.getLogger("service").exception("failed")

    assert "failed\nTraceback" in log.getvalue().replace("  + Exception Group ", "")
    assert "unique constraint" in log.getvalue()
    assert "SECRET" not in log.getvalue()


def test_a_line_that_logging_itself_refuses_does_not_fail_here() -> None:
    record = logging.makeLogRecord({"msg": "%s and %s", "args": (URL,)})

    line = TraceContextFilter().filter(record)
    assert line.args == ("http://127.0.0.1:1/path/",)  # logging prints them


def test_the_notes_of_an_exception_are_scrubbed(log: io.StringIO) -> None:
    error = ValueError("kept")
    error.add_note(f"asked {URL}\nin vain")

    logging.getLogger("service").error("failed", exc_info=error)

    assert "asked http://127.0.0.1:1/path/\nin vain" in log.getvalue()
    assert "SECRET" not in log.getvalue()


def test_fields_of_a_line_are_scrubbed_wherever_they_stand() -> None:
    given = {"url": URL, "deep": {"urls": [URL]}, "msg": {"event": "asked", "address": URL}}
    record = logging.makeLogRecord(given)

    line = JsonFormatter().format(TraceContextFilter().filter(record))

    told = json.loads(line)
    assert (told["event"], told["address"], told["url"]) == (
        "asked",
        *["http://127.0.0.1:1/path/"] * 2,
    )
    assert told["deep"] == {"urls": ["http://127.0.0.1:1/path/?token=SECRET-QUERY"]}
    assert given["url"] == URL
