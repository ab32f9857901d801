import io
import json
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber
from django.core.management import CommandError, call_command
from django.test import override_settings
from zappa_xray.traceview.daemon import Receiver
from zappa_xray.traceview.stage import stage_named

from tests.library.traceview import in_production, packets

TRACE = "1-6b03135e-b83106cab8f66ee55beb9ae4"
Stub = Callable[..., Stubber]


def run(*arguments: str) -> str:
    written = io.StringIO()
    call_command(*arguments, stdout=written, stderr=io.StringIO())
    return written.getvalue()


@pytest.fixture
def stubber(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    """X-Ray, which answers what it is told and nothing else."""
    client = boto3.client(
        "xray", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    monkeypatch.setattr(boto3.session.Session, "client", lambda *_, **__: client)
    stubber = Stubber(client)
    stubber.activate()
    return stubber


class SendsOnceItListens(io.StringIO):
    """The standard error of a watch: when it says where it listens, the packets are sent there."""

    def __init__(self, packets: list[bytes]) -> None:
        super().__init__()
        self.packets = packets
        self.address = ("", 0)

    def write(self, text: str) -> int:
        if found := re.match(r"Listening on (.*):(\d+),", text):
            self.address = (found[1], int(found[2]))
            self.send(*self.packets)
        return super().write(text)

    def send(self, *packets: bytes) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for packet in packets:
                sender.sendto(packet, self.address)


def watch(*arguments: str, sent: list[bytes]) -> tuple[str, str]:
    """Send packets to a watch on a free address; return what it printed, and what it said."""
    printed, said = io.StringIO(), SendsOnceItListens(sent)
    command = ("trace_watch", "--address", "127.0.0.1:0", *arguments)
    call_command(*command, stdout=printed, stderr=said)
    return printed.getvalue(), said.getvalue()


def test_watch_prints_each_complete_trace_that_is_wanted() -> None:
    sent = [packets("timed_out")[0], b"nonsense", *packets("created"), *packets("failed")]
    printed, said = watch(
        "--count=1", "--status=5xx", "--slower-than=1ms", "--route=fail", sent=sent
    )
    assert printed.splitlines()[0] == (
        "GET /fail/{what} 500  17.3 ms  1 query  fault  1-6b03135a-e2d86f1c320c2bf9f1dad5d1"
    )
    assert said.endswith(", Ctrl-C ends.\n1 packets malformed.\n")


def test_watch_writes_an_object_for_each_trace() -> None:
    printed, _ = watch("--count=1", "--json", sent=packets("created"))
    (trace,) = map(json.loads, printed.splitlines())
    assert (trace["route"], trace["status"], len(trace["documents"])) == ("/api/notes/", 201, 1)


def test_a_watch_filters_as_the_page_does() -> None:
    sent = [*packets("created"), *packets("failed")]
    printed, _ = watch("--count=1", "--json", '"GET /fail/{what}"', "5xx", ">10ms", sent=sent)
    assert json.loads(printed)["route"] == "/fail/{what}"


def test_a_watch_tells_of_a_deadline_when_it_passes_and_again_of_the_end() -> None:
    in_progress, deadline, end = packets("timed_out")
    printed, _ = watch("--count=1", "--json", ">1s", sent=[in_progress, deadline])
    trace = json.loads(printed)
    assert (trace["marks"], trace["is_open"]) == (["timed out", "fault", "in progress"], True)

    class SendsTheEndOnceItIsTold(io.StringIO):
        def write(self, text: str) -> int:
            if "timed out" in text and not self.getvalue():
                said.send(end)
            return super().write(text)

    said, told = SendsOnceItListens([in_progress, deadline]), SendsTheEndOnceItIsTold()
    command = ("trace_watch", "--address=127.0.0.1:0", "--json", "--count=2")
    call_command(*command, stdout=told, stderr=said)
    first, second = map(json.loads, told.getvalue().splitlines())
    assert (first["status"], second["status"], second["took"]) == (None, 200, "1.20 s")


@pytest.mark.parametrize("plain", ["--no-color", "NO_COLOR"])
def test_no_colour_is_no_colour(plain: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def shown(*options: str) -> str:
        terminal, said = Terminal(), SendsOnceItListens(packets("failed"))
        command = ("trace_watch", "--address=127.0.0.1:0", "--count=1", *options)
        call_command(*command, stdout=terminal, stderr=said)
        return terminal.getvalue()

    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in shown()
    if plain == "NO_COLOR":
        monkeypatch.setenv(plain, "1")
    assert "\x1b" not in shown(*([plain] if plain.startswith("-") else []))


def test_packets_of_other_machines_are_counted_and_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("zappa_xray.traceview.daemon.is_near", lambda address: False)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for to_all, taken in ((False, None), (True, b"packet")):
            receiver = Receiver(("0.0.0.0", 0), to_all)  # what is to be guarded
            sender.sendto(b"packet", ("127.0.0.1", receiver.address[1]))
            assert receiver.receive(timeout=5) == taken
            assert receiver.refused == (taken is None)
            receiver.close()


def test_an_address_in_use_is_told_with_what_to_do() -> None:
    taken = Receiver(("127.0.0.1", 0))
    address = "{}:{}".format(*taken.address)
    with pytest.raises(CommandError, match=f"{address} is not to be had: .*--address"):
        run("trace_watch", "--address", address)
    taken.close()


def test_show_prints_a_trace_of_production(stubber: Stubber) -> None:
    answer = {"Traces": [in_production()], "UnprocessedTraceIds": []}
    stubber.add_response("batch_get_traces", answer, {"TraceIds": [TRACE]})
    printed = run("trace_show", f"Root={TRACE};Sampled=1")
    assert printed.splitlines()[:3] == [
        f"GET /api/notes/ 200  1.37 s  3 queries  {TRACE}",
        "    1.37 s  API Gateway notes-api-dev/dev",
        "    1.36 s    Lambda Invoke 200",
    ]


def test_show_says_what_may_have_become_of_a_trace_that_is_not_there(stubber: Stubber) -> None:
    stubber.add_response("batch_get_traces", {"Traces": [], "UnprocessedTraceIds": [TRACE]})
    with pytest.raises(CommandError, match=r"30 days.*not sampled"):
        run("trace_show", TRACE)
    with pytest.raises(CommandError, match="looks like"):
        run("trace_show", "nonsense")


def test_errors_of_aws_are_told_without_a_traceback(stubber: Stubber) -> None:
    stubber.add_client_error("batch_get_traces", "AccessDeniedException", "not you")
    with pytest.raises(CommandError, match=r"AccessDeniedException.*not you"):
        run("trace_show", TRACE)


def test_a_stage_that_is_none_is_told_with_those_there_are() -> None:
    with pytest.raises(CommandError, match="no stage 'prod', but: dev, production"):
        run("trace_report", "prod")


def test_what_is_missing_is_told_with_where_it_comes_from(
    stubber: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    with pytest.raises(CommandError, match=r"needs rich, which zappa-xray\[traceview\] brings"):
        run("trace_show", TRACE)
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(CommandError, match=r"needs boto3 and rich, "):
        run("trace_report", "dev")


def test_json_needs_no_rich(stubber: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    for name in ("terminal", "report"):
        monkeypatch.delitem(sys.modules, f"zappa_xray.traceview.{name}", raising=False)
    stubber.add_response("batch_get_traces", {"Traces": [in_production()]})
    assert json.loads(run("trace_show", TRACE, "--json"))
    assert watch("--count=1", "--json", sent=packets("created"))


@pytest.mark.parametrize(
    ("extended", "function"),
    [
        ({"project_name": "My notes_API"}, "my-notes-api-prod"),
        ({}, "a-folder-with-a-prod"),  # 15 characters of the folder's name
    ],
)
def test_a_function_is_called_as_zappa_calls_it(
    tmp_path: Path, extended: dict[str, str], function: str
) -> None:
    folder = tmp_path / "a folder with a long name"
    folder.mkdir()
    stages = {"dev": extended, "prod": {"extends": "dev", "aws_region": "eu-west-1"}}
    (folder / "zappa_settings.json").write_text(json.dumps(stages))
    with override_settings(BASE_DIR=folder):
        found = stage_named("prod")
    assert (found.function, found.region, found.profile) == (function, "eu-west-1", None)


def test_stages_that_cannot_be_read_are_told_without_a_traceback(tmp_path: Path) -> None:
    with override_settings(BASE_DIR=str(tmp_path)):
        with pytest.raises(CommandError, match=r"has no zappa_settings\.json to be read"):
            run("trace_report", "dev")
        (tmp_path / "zappa_settings.json").write_text("{")
        with pytest.raises(CommandError, match=r"zappa_settings\.json is not JSON"):
            run("trace_report", "dev")


@pytest.mark.parametrize("count", ["0", "-1", "many", "9" * 5_000])
def test_a_watch_counts_to_one_at_least(count: str) -> None:
    with pytest.raises(CommandError, match="is no number of traces"):
        run("trace_watch", f"--count={count}")


@pytest.mark.parametrize("option", ["--since=soon", "--slower-than=5", "--since=1y", "--since=-1h"])
def test_a_duration_needs_its_unit(option: str) -> None:
    with pytest.raises(CommandError, match="is no duration: write 200ms"):
        run("trace_report", "dev", option)
