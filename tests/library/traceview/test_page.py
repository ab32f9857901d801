import socket
import time

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import Settings
from zappa_xray.traceview import views
from zappa_xray.traceview.collector import Collector
from zappa_xray.traceview.daemon import Receiver

from tests.library.project import urls
from tests.library.traceview import packets

TRACE = "1-6b031359-31fa260c26b54514a74acf22"
PAGES = ("", "news", f"trace/{TRACE}", f"trace/{TRACE}/documents")

pytestmark = pytest.mark.urls("tests.library.traceview.urls")


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Collector:
    """The page's source of traces, with one in it, while DEBUG is on."""
    settings.DEBUG = True
    collector = Collector()
    monkeypatch.setattr(views, "collector", collector)
    for packet in packets("repeated"):
        collector.store.add(packet)
    return collector


@pytest.fixture
def free_address(monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """The address the SDK sends to, which nobody has."""
    receiver = Receiver(("127.0.0.1", 0))
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", "{}:{}".format(*receiver.address))
    receiver.close()
    return receiver.address


@pytest.mark.parametrize("page", PAGES)
def test_it_answers_while_debugging_and_is_not_found_otherwise(
    client: Client, collector: Collector, settings: Settings, page: str
) -> None:
    assert client.get(f"/__traces__/{page}").status_code == 200
    settings.DEBUG = False
    assert client.get(f"/__traces__/{page}").status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [("127.0.0.9", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("192.0.2.7", 404), ("", 404)],
)
def test_another_machine_sees_it_only_when_it_is_among_the_internal_addresses(
    client: Client, collector: Collector, settings: Settings, address: str, status: int
) -> None:
    for page in PAGES:
        assert client.get(f"/__traces__/{page}", REMOTE_ADDR=address).status_code == status
    settings.INTERNAL_IPS = [address]
    asked_for = client.get("/__traces__/news", REMOTE_ADDR=address)
    assert asked_for.status_code == (200 if address else 404)


def test_without_debug_the_service_has_no_such_address() -> None:
    assert "health/" in str(urls.urlpatterns)
    assert "__traces__" not in str(urls.urlpatterns)


def test_nothing_but_its_own_files_runs_on_the_page(client: Client, collector: Collector) -> None:
    response = client.get("/__traces__/")
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert policy.endswith("; require-trusted-types-for 'script'")
    html = response.content.decode()
    for name in ("traces.js", "traces.css", "icon.svg"):
        assert f'"/static/traceview/{name}"' in html
        assert finders.find(f"traceview/{name}")
    assert html.count("<script") == html.count('<script type="module" src=') == 1
    assert "style=" not in html


def test_the_page_is_told_what_is_new(client: Client, collector: Collector) -> None:
    first = client.get("/__traces__/news").json()
    (summary,) = first["traces"]
    keys = ("id", "method", "route", "status", "took", "queries", "marks", "wanted")
    shown = {key: summary[key] for key in keys}
    assert shown == {
        "id": TRACE,
        "method": "GET",
        "route": "/repeat/",
        "status": 200,
        "took": "14.0 ms",
        "queries": 8,
        "marks": ["N+1"],
        "wanted": True,
    }
    later = {"run": first["run"], "since": first["serial"]}
    assert client.get("/__traces__/news", later).json()["traces"] == []
    another_run = later | {"run": "another"}
    assert len(client.get("/__traces__/news", another_run).json()["traces"]) == 1
    far = client.get("/__traces__/news", later | {"since": "9" * 5000})
    assert (far.status_code, far.json()["traces"]) == (200, [])


@pytest.mark.parametrize(("words", "wanted"), [("repeat >0.1 ms", True), ("nothing", False)])
def test_the_page_is_told_what_its_filter_takes(
    client: Client, collector: Collector, words: str, wanted: bool
) -> None:
    answer = client.get("/__traces__/news", {"filter": words}).json()
    assert (answer["filter"], answer["traces"][0]["wanted"]) == (words, wanted)


def test_one_trace_has_its_lines_and_on_demand_its_documents(
    client: Client, collector: Collector
) -> None:
    shown = client.get(f"/__traces__/trace/{TRACE}").json()
    assert [line["kind"] for line in shown["lines"]] == ["request", "call", "query", "query"]
    assert len(shown["lines"][-1]["spans"]) == 7
    assert shown["total"] == pytest.approx(shown["summary"]["duration"])
    assert (len(shown["axis"]), shown["lines"][0]["took"]) == (4, shown["summary"]["took"])
    documents = client.get(f"/__traces__/trace/{TRACE}/documents")
    assert documents["Content-Type"] == "text/plain; charset=utf-8"
    assert '"sanitized_query": "SELECT ' in documents.content.decode()


def test_the_page_is_told_the_figures_of_each_route(client: Client, collector: Collector) -> None:
    for name in ("created", "failed", "timed_out"):
        for packet in packets(name):
            collector.store.add(packet)
    assert client.get("/__traces__/news").json()["routes"] == []
    asked = {"view": "routes", "filter": "/"}
    routes = client.get("/__traces__/news", asked).json()["routes"]
    keys = ("method", "route", "requests", "errors", "faults", "time_outs", "queries", "n_plus_one")
    assert [tuple(route[key] for key in keys) for route in routes] == [
        ("GET", "/hang/", 1, 0, 0, 1, 0, 0),
        ("GET", "/fail/{what}", 1, 0, 1, 0, 1, 0),
        ("GET", "/repeat/", 1, 0, 0, 0, 8, 1),
        ("POST", "/api/notes/", 1, 0, 0, 0, 2, 0),
    ]
    asked["filter"] = routes[1]["filter"]
    assert asked["filter"] == '"GET /fail/{what}"'
    (only,) = client.get("/__traces__/news", asked).json()["routes"]
    assert (only["median_text"], only["p99_text"]) == ("17.3 ms", "17.3 ms")


def test_a_header_finds_its_trace(client: Client, collector: Collector) -> None:
    header = {"filter": f"Root={TRACE};Sampled=1"}
    answer = client.get("/__traces__/news", header).json()
    assert (answer["found"], answer["traces"][0]["wanted"]) == (TRACE, True)
    other = client.get("/__traces__/news", {"filter": TRACE.replace("6b", "6c")}).json()
    assert (other["found"], other["traces"][0]["wanted"]) == (None, False)


def test_a_trace_that_is_not_kept_is_not_found(client: Client, collector: Collector) -> None:
    assert client.get("/__traces__/trace/1-5f84c7a1-e7d1852db8c4fd35d88bf49a").status_code == 404


def test_the_collector_reads_what_the_daemon_would(free_address: tuple[str, int]) -> None:
    collector = Collector()
    collector.start()
    assert (collector.problem, collector.address) == (None, "{}:{}".format(*free_address))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(packets("created")[-1], free_address)
    until = time.monotonic() + 5
    while not collector.store.serial and time.monotonic() < until:
        time.sleep(0.01)
    _, (summary,) = collector.store.changed_since(0)
    assert summary.route == "/api/notes/"


def test_a_taken_address_is_told_with_what_to_do(free_address: tuple[str, int]) -> None:
    other = Receiver(free_address)
    collector = Collector()
    collector.start()
    other.close()
    assert collector.problem
    assert collector.problem.startswith("{}:{}, where traces are sent, is".format(*free_address))
    assert "AWS_XRAY_DAEMON_ADDRESS" in collector.problem


def test_an_address_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", "nonsense")
    collector = Collector()
    collector.start()
    assert collector.problem == "Invalid daemon address nonsense specified."
