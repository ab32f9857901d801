"""Trap 4: what each kind of stuck request leaves before Lambda kills it.

With `-rP` pytest prints a line of a table for each.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from emulator.daemon import Daemon
from tests import library_environment
from tests.traps.conftest import MakeFunction
from tests.traps.killing import killed_once_told
from tests.traps.reading import Document, in_progress
from tests.traps.test_deadline import LATER_DEADLINE, NO_CONNECT_TIMEOUT, silent_server

pytestmark = pytest.mark.slow

VIEWS = Path(__file__).with_name("stuck_views.py")
SETTINGS = """
ROOT_URLCONF = "stuck_views"
MIDDLEWARE = [*MIDDLEWARE[:1], "stuck_views.Middleware", *MIDDLEWARE[1:]]
XRAY_TRACING = XRAY_TRACING | {"DEADLINE_SECONDS": 1, "FAULTHANDLER": True}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"] = {"timeout": 60}
"""


class Stuck(NamedTuple):
    """A request, and what is to be told of it: the function, and what is in flight."""

    path: str
    where: str
    in_flight: tuple[str, ...] = ()


CALL = "GET http://{}/outgoing/"
KINDS = {
    "sleep": Stuck("/stuck/sleep/", "stuck_views.py sleep"),
    "socket": Stuck("/stuck/socket/", "stuck_views.py on_a_socket"),
    "lock": Stuck("/stuck/lock/", "stuck_views.py lock"),
    "loop": Stuck("/loop/", "trap_views.py loop"),
    "silent database": Stuck("/connects/", "trap_views.py connects", ("127.0.0.1",)),
    "waiting query": Stuck(
        "/locked/", "trap_views.py locked", ("SELECT name FROM sqlite_master WHERE name = %s",)
    ),
    "COMMIT": Stuck("/stuck/commit/", "stuck_views.py commit", ("COMMIT",)),
    "stream": Stuck("/stuck/stream/", "stuck_views.py content"),
    "requests": Stuck("/stuck/requests/", "stuck_views.py with_requests", (CALL,)),
    "httpx": Stuck("/stuck/httpx/", "stuck_views.py with_httpx", (CALL,)),
    "urllib": Stuck("/stuck/urllib/", "stuck_views.py with_urllib", (CALL,)),
    "botocore": Stuck("/asks-aws/", "trap_views.py asks_aws", ("ListBuckets",)),
    "template": Stuck("/stuck/template/", "stuck_views.py slow_lines", ("template",)),
    "serializer": Stuck("/stuck/serializer/", "stuck_views.py get_name"),
    "middleware before": Stuck("/ok/?before", "stuck_views.py wait"),
    "middleware after": Stuck("/ok/?after", "stuck_views.py wait"),
}


def killed(
    make_function: MakeFunction, daemon: Daemon, kind: str, path: str, last_word: str
) -> tuple[str, list[Document], str]:
    """Where the silent server is, the packets before the kill, and the log."""
    with silent_server() as port:
        environment = {
            "TRAP_URL": f"http://127.0.0.1:{port}",
            "TRAP_LIBRARIES": str(site_packages(library_environment.environment("highest"))),
        }
        settings = SETTINGS
        if kind == "silent database":
            environment["DATABASE_URL"] = f"postgres://user:password@127.0.0.1:{port}/notes"
            settings += NO_CONNECT_TIMEOUT
        if kind in ("requests", "botocore"):
            settings += LATER_DEADLINE
        function = make_function(
            settings, environment=environment, files={"stuck_views.py": VIEWS.read_text()}
        )
        function.request("GET", "/ok/")
        daemon.clear()
        killed_once_told(function, lambda: function.request("GET", path, timeout=60), last_word)
        return f"127.0.0.1:{port}", daemon.documents, function.log


def site_packages(python: Path) -> Path:
    """The folder of the libraries of an environment's Python."""
    [folder] = python.parent.parent.glob("lib/python*/site-packages")
    return folder


def told(call: dict[str, Any]) -> str:
    return str(call.get("sql") or call.get("call") or call["name"])


@pytest.mark.parametrize("kind", KINDS)
def test_trap_04_each_kind_is_told_before_the_kill(
    make_function: MakeFunction, daemon: Daemon, kind: str
) -> None:
    stuck = KINDS[kind]

    address, documents, log = killed(
        make_function, daemon, kind, stuck.path, "has not finished after"
    )

    first, late = in_progress(documents)
    [child] = [one for one in documents if one["name"] == "deadline"]
    facts = child["metadata"]["tracing"]["deadline"]
    in_flight = [told(call) for call in facts["in_flight"]]
    print(f"| {kind} | {len(documents)} | {facts['where']} | {', '.join(in_flight)} |")
    file, _, rest = facts["where"].partition(":")
    assert f"{file} {rest.partition(' ')[2]}" == stuck.where
    assert in_flight == [call.format(address) for call in stuck.in_flight]
    assert "not_worked_out" not in facts
    assert first["id"] == late["id"] == child["parent_id"]
    late["annotations"].pop("status", None)  # of a response that is being sent
    child["annotations"].pop("status", None)
    assert child["annotations"] == late["annotations"] == first["annotations"] | {"timed_out": True}
    assert child["cause"] == late["cause"]
    [line] = [json.loads(line) for line in log.splitlines() if "has not finished after" in line]
    assert line["route"] == first["annotations"]["route"]
    assert line["trace_id"] == first["trace_id"]
    assert facts["where"] in line["message"]
    assert "SECRET" not in f"{documents}{log}"
    assert "Timeout (" not in log  # what faulthandler prints where we cannot


def test_trap_04_c_code_that_keeps_the_interpreter_is_told_by_faulthandler(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    _, documents, log = killed(make_function, daemon, "regex", "/stuck/regex/", " in regex\n")

    [first] = documents
    assert first["annotations"]["route"] == "/stuck/regex/"
    dump = log.partition("Timeout (0:00:0")[2]
    [line] = [line.strip() for line in dump.splitlines() if line.endswith(" in regex")]
    print(f"| regex in C | 1 | faulthandler: {line} |  |")
    assert 'stuck_views.py", line' in line
    assert "has not finished after" not in log
