"""`make demo`: bake a service, deploy it into an emulated AWS, send requests, show their traces."""

from __future__ import annotations

import argparse
import os
import re
import secrets
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from emulator import events
from emulator.aws import EmulatedAWS
from emulator.daemon import Daemon, Document
from emulator.function import Function, FunctionDied, FunctionError, FunctionTimedOut
from emulator.processes import CommandFailed
from emulator.progress import step
from emulator.service import TEMPLATE, Service, bake, offered_python
from emulator.tree import exceptions, tree

STAGE = "dev"
UNREACHED_DATABASE = "postgresql://demo:demo@database.invalid/demo"
WIDTH_WITHOUT_TERMINAL = 110
FAILURES = (CommandFailed, FunctionError, FunctionDied, FunctionTimedOut)


class NotAsPromised(Exception):
    """A step did something else than it should; the message says what was expected and seen."""


@dataclass(frozen=True)
class Request:
    """A request of the demo, and what must come of it."""

    why: str
    method: str
    path: str
    status: int
    route: str
    mark: str = ""
    json: Any = None


FORGOTTEN_MIGRATE = Request(
    "an unhandled 500: deployed, but nobody ran `migrate`",
    *("GET", "/api/notes/", 500, "/api/notes/", "fault"),
)
REQUESTS = (
    Request("a 201", "POST", "/api/notes/", 201, "/api/notes/", json={"title": "From the demo"}),
    Request("a 200 with its queries", "GET", "/api/notes/", 200, "/api/notes/"),
    Request("a 404", "GET", "/api/notes/404/", 404, "/api/notes/{id}/", "error"),
    Request(
        "a validation error", "POST", "/api/notes/", 400, "/api/notes/", "error", {"title": ""}
    ),
)


def main() -> int:
    """Run the demo; return 0 when each step held, 1 when one did not, 130 when it was stopped."""
    folder = chosen_folder()
    width = None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL
    console = Console(highlight=False, soft_wrap=True, width=width)
    # A process started in the background of a script has inherited that SIGINT is ignored.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    started = time.monotonic()
    try:
        with ExitStack() as resources:
            service = demonstrate(console, resources, folder)
    except KeyboardInterrupt:
        console.print("Stopped. Nothing of the demo runs any more.")
        return 130
    except NotAsPromised as failure:
        console.print(f"Not as promised: {failure}", style="red", markup=False)
        return 1
    except FAILURES as failure:
        console.print(str(failure), style="red", markup=False)
        return 1
    console.print(f"\nAll held, in {time.monotonic() - started:.0f} s.\n", style="green")
    console.print(what_next(service), markup=False)
    return 0


def chosen_folder() -> Path:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument(
        "--folder",
        type=Path,
        default=TEMPLATE / ".demo",
        help="where the service is baked; emptied first (.demo in the checkout)",
    )
    folder: Path = parser.parse_args().folder.resolve()
    return folder


def demonstrate(console: Console, resources: ExitStack, folder: Path) -> Service:
    """Do all steps and return the baked service. Raises NotAsPromised or one of FAILURES."""
    service = make_service(console, folder)
    with step(console, "Start an emulated AWS and an X-Ray daemon on this machine"):
        aws = resources.enter_context(EmulatedAWS())
        daemon = resources.enter_context(Daemon())
    environment = aws.environment() | {
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": UNREACHED_DATABASE,
    }
    expect_tracing(console, aws, service, function=None, stage=None)
    for command in ("deploy", "update"):
        with step(console, f"make {command} STAGE={STAGE}: the real `zappa {command} {STAGE}`"):
            service.make(command, STAGE=STAGE, environment=environment)
        expect_tracing(console, aws, service, function="Active", stage=True)
    with step(console, "Fetch the deployed code from Lambda"):
        code = aws.download(service.function_name(STAGE), folder / "deployed")
        database = f"sqlite:///{folder / 'deployed.sqlite3'}"
        function = resources.enter_context(deployed(aws, service, code, daemon, database))
    console.print("    This machine needs no PostgreSQL: the function finds a SQLite file instead.")
    send_requests(console, function, daemon)
    return service


def make_service(console: Console, folder: Path) -> Service:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / ".gitignore").write_text("*\n")
    python = offered_python()
    with step(console, f"Bake a service with the default answers and Python {python}"):
        service = bake(folder, {"python_version": python})
    with step(console, f"Install {service.slug} (make install)"):
        service.install()
    return service


def expect_tracing(
    console: Console,
    aws: EmulatedAWS,
    service: Service,
    *,
    function: str | None,
    stage: bool | None,
) -> None:
    """Show the tracing of the function and of the stage. Raises NotAsPromised."""
    name = service.function_name(STAGE)
    seen = (aws.function_tracing(name), aws.stage_tracing(name, STAGE))
    console.print(f"    function {name}: {shown('TracingConfig', seen[0])}")
    console.print(f"    its API's stage {STAGE}: {shown('tracingEnabled', seen[1])}")
    expect("the tracing of function and stage", (function, stage), seen)


def shown(setting: str, value: object) -> str:
    return "not there yet" if value is None else f"{setting} {value}"


def deployed(
    aws: EmulatedAWS, service: Service, code: Path, daemon: Daemon, database: str
) -> Function:
    """Return the function with the environment that the emulated Lambda has, but for the database."""
    name = service.function_name(STAGE)
    return Function(
        code,
        daemon.address,
        python=service.python,
        stage=STAGE,
        name=name,
        region=aws.region,
        environment=aws.function_environment(name) | {"DATABASE_URL": database},
    )


def send_requests(console: Console, function: Function, daemon: Daemon) -> None:
    token = secrets.token_hex(20)
    send(console, function, daemon, FORGOTTEN_MIGRATE, token)
    with step(console, "Migrate, make a user and a token, as `zappa manage` does"):
        function.manage("migrate")
        function.manage("createsuperuser --noinput --username demo --email demo@example.com")
        token = token_in(function.manage("drf_create_token demo"))
    for request in REQUESTS:
        send(console, function, daemon, request, token)


def token_in(log: str) -> str:
    found = re.search(r"\b[0-9a-f]{40}\b", log)
    if found is None:
        raise NotAsPromised(f"Expected an API token in the log of drf_create_token, seen:\n{log}")
    return found.group()


def send(
    console: Console, function: Function, daemon: Daemon, request: Request, token: str
) -> None:
    """Send a request through the packaged handler and show its trace. Raises NotAsPromised."""
    trace, parent = events.trace_id(), secrets.token_hex(8)
    console.print()
    with step(console, f"{request.method} {request.path}: {request.why}"):
        response = function.request(
            request.method,
            request.path,
            json=request.json,
            headers={"Authorization": f"Token {token}"},
            trace_header=events.trace_header(trace, parent=parent),
        )
        documents = daemon.of_trace(trace)
        expect("the status of the response", request.status, response["statusCode"])
        expect_trace(documents, parent, request)
    console.print(tree(documents), soft_wrap=False)


def expect_trace(documents: list[Document], parent: str, request: Request) -> None:
    """Raise NotAsPromised unless the documents are the whole trace of `request`."""
    latest = {document["id"]: document for document in documents}
    outer = [document for document in latest.values() if document.get("parent_id") == parent]
    expect("the number of subsegments below the function's own segment", 1, len(outer))
    expect("whether the request's subsegment has ended", True, "end_time" in outer[0])
    annotations = outer[0].get("annotations", {})
    promised = {"route": request.route, "method": request.method, "status": request.status}
    expect("its annotations", promised, {name: annotations.get(name) for name in promised})
    marks = [mark for mark in ("error", "fault", "throttle") if outer[0].get(mark)]
    expect("its marks", [request.mark] if request.mark else [], marks)
    expect("whether it has a cause", request.mark == "fault", bool(exceptions(outer[0])))
    below = [each for each in latest.values() if each.get("parent_id") == outer[0]["id"]]
    expect("whether a query is below it", True, any("sql" in document for document in below))


def expect(what: str, expected: object, seen: object) -> None:
    """Raise NotAsPromised, saying what was expected and seen, unless both are equal."""
    if expected != seen:
        raise NotAsPromised(f"{what}: expected {expected!r}, seen {seen!r}")


def what_next(service: Service) -> str:
    cookiecutter = from_here(Path(sys.executable).with_name("cookiecutter"))
    folder = from_here(service.folder)
    return f"""What next

  Make your own service:    {cookiecutter} {from_here(TEMPLATE)} --output-dir ..
  Run the one of the demo:  cd {folder} && make run
  Deploy it to your AWS:    see {folder}/README.md
"""


def from_here(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


if __name__ == "__main__":
    sys.exit(main())
