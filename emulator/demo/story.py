"""The steps of the demo. Each shows what it did, and fails where it is not as promised."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from emulator import events
from emulator.aws import EmulatedAWS
from emulator.demo.claims import (
    NotAsPromised,
    Request,
    expect,
    expect_background_work,
    expect_killed,
    expect_trace,
)
from emulator.deployed_stage import DeployedStage
from emulator.processes import CommandFailed, run
from emulator.progress import step
from emulator.service import Service

STAGE = "dev"
UNREACHED_DATABASE = "postgresql://demo:demo@database.invalid/demo"
SCHEDULED = "notes.scheduled.count_new_notes"
# So that nobody waits half a minute for a kill. On AWS the gateway gives up after 29 s, and this
# template's function is killed after 35 s.
GATEWAY_SECONDS, FUNCTION_SECONDS = 3.0, 5

DARK = Request("a 200, and dark", "GET", "/api/notes/", 200, "/api/notes/")
SEEN = (
    Request("a 201", "POST", "/api/notes/", 201, "/api/notes/", json={"title": "From the demo"}),
    Request("a 404", "GET", "/api/notes/404/", 404, "/api/notes/{id}/", "error"),
)
HANGS = Request(
    "hangs in a query", "POST", "/api/notes/", 504, "/api/notes/", json={"title": "Too late"}
)
NEXT = Request("the next one", "GET", "/api/notes/", 200, "/api/notes/")
# The line of AWS's Runtime Interface Emulator when it kills.
KILL = re.compile(r"^.*SIGKILL.*$", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """What the client got of a request, and after how many seconds."""

    status: int
    trace_id: str
    seconds: float


@dataclass
class Story:
    """The service of the demo, its stage in the emulated AWS, and where to tell of them.

    `database` is the SQLite file that the deployed function uses.
    """

    console: Console
    service: Service
    aws: EmulatedAWS
    stage: DeployedStage
    database: Path
    token: str = ""

    def tell(self) -> None:
        """Do all steps. Raises NotAsPromised or CommandFailed."""
        self.expect_tracing(function=None, stage=None)
        self.chapter("As Zappa alone leaves it")
        deploy = self.step("make deploy: the real `zappa deploy dev`, the post hook taken out")
        with deploy, without_the_post_hook(self.service):
            self.make("deploy")
        self.expect_tracing(function="Active", stage=False)
        with self.step("make manage: migrate, a user, a token"):
            self.prepare_database()
        self.show_dark_request()
        self.show_scheduled_function()
        self.chapter("With the hook")
        with self.step("make update: the real `zappa update dev`, and the hook after it"):
            self.make("update")
        self.expect_tracing(function="Active", stage=True)
        for request in SEEN:
            self.show_request(request)
        self.chapter("A request that hangs, and is killed")
        self.show_killed_request()

    def chapter(self, title: str) -> None:
        self.console.print(f"\n{title}\n", style="bold")

    def step(self, name: str) -> AbstractContextManager[None]:
        return step(self.console, name)

    def say(self, text: str) -> None:
        for line in text.splitlines():
            self.console.print(f"    {line}", markup=False)

    def draw(self, text: str) -> None:
        """Show a tree or a table, each line cut where the console ends."""
        for line in text.strip("\n").splitlines():
            self.console.print(
                f"    {line}", markup=False, no_wrap=True, overflow="ellipsis", soft_wrap=False
            )

    def expect_tracing(self, *, function: str | None, stage: bool | None) -> None:
        """Show the tracing of the function and of the stage. Raises NotAsPromised."""
        name = self.service.function_name(STAGE)
        seen = (self.aws.function_tracing(name), self.aws.stage_tracing(name, STAGE))
        self.say(f"function {name}: {shown('TracingConfig', seen[0])}")
        self.say(f"its API's stage {STAGE}: {shown('tracingEnabled', seen[1])}")
        expect("the tracing of function and stage", (function, stage), seen)

    def prepare_database(self) -> None:
        self.make("manage", "migrate")
        self.make("manage", "createsuperuser --noinput --username ada --email ada@example.com")
        printed = self.make("manage", "drf_create_token ada")
        found = re.search(r"\b[0-9a-f]{40}\b", printed)
        if found is None:
            raise NotAsPromised(f"Expected a token from drf_create_token, seen:\n{printed}")
        self.token = found.group()

    def show_dark_request(self) -> None:
        with self.step(f"{DARK.method} {DARK.path}: {DARK.why}"):
            answer = self.send(DARK)
            documents = self.stage.documents(answer.trace_id)
            said = self.shown_trace(answer.trace_id)
        self.say(said)
        expect("what X-Ray has of an HTTPS request to an untraced stage", [], documents)

    def show_scheduled_function(self) -> None:
        trace_id = events.trace_id()
        with self.step(f"A scheduled function, {SCHEDULED}: traced"):
            event = events.scheduled(SCHEDULED, lambda_name=self.service.function_name(STAGE))
            self.stage.function.invoke(event, f"Root={trace_id}")
            expect_background_work(self.stage.documents(trace_id), SCHEDULED)
            tree = self.shown_trace(trace_id)
        self.draw(tree)

    def show_request(self, request: Request) -> None:
        with self.step(f"{request.method} {request.path}: {request.why}"):
            answer = self.send(request)
            expect_trace(self.stage.documents(answer.trace_id), request)
            tree = self.shown_trace(answer.trace_id)
        self.draw(tree)

    def show_killed_request(self) -> None:
        self.say(
            f"So that nobody waits here: the gateway gives up after {GATEWAY_SECONDS:g} s and not"
            f" after 29,\nthe function is killed after {FUNCTION_SECONDS} s and not after 35."
        )
        self.stage.gateway.seconds = GATEWAY_SECONDS
        self.aws.client("lambda").update_function_configuration(
            FunctionName=self.service.function_name(STAGE), Timeout=FUNCTION_SECONDS
        )
        self.send(NEXT)  # a new configuration is a new environment: it starts here
        hang = self.step(f"{HANGS.method} {HANGS.path} while another process holds the database")
        with hang, locked(self.database):
            answer = self.send(HANGS)
            self.stage.function.wait_until_idle()
        self.say(f"The client got {answer.status} after {answer.seconds:.1f} s.")
        self.show_what_is_left(answer)
        with self.step(f"{NEXT.method} {NEXT.path}: {NEXT.why}, on a process that starts anew"):
            self.send(NEXT)
            following = request_lines(self.stage.log)[-1]
        self.say(json.dumps(following, ensure_ascii=False))
        expect("whether the next request is a cold start", True, following.get("cold_start"))
        with self.step("make why: the killed request in a sentence"):
            why = self.manage_here("trace_why", answer.trace_id, "--stage", STAGE)
        expect("whether make why tells the statement", True, "waited" in why and "INSERT" in why)
        told, _, moments = why.partition("\n")
        self.say(told)
        self.draw(moments.partition("\n\n")[0])
        with self.step("make report: the results by URL"):
            report = self.manage_here("trace_report", STAGE, "--since", "1h")
        self.draw(report.partition("\nFrom X-Ray")[0])

    def show_what_is_left(self, answer: Answer) -> None:
        """Show what is known of the killed request. Raises NotAsPromised when something lacks."""
        log = self.stage.log
        kill = KILL.search(log)
        expect("whether AWS's emulator says that it kills", True, kill is not None)
        facts = expect_killed(self.stage.documents(answer.trace_id), HANGS)
        [late] = [
            line
            for line in json_lines(log)
            if answer.trace_id in json.dumps(line) and is_late(line)
        ]
        self.console.print("\n    AWS's Runtime Interface Emulator says:", style="bold")
        self.say(kill.group() if kill else "")
        self.console.print("    The function's log says, before that:", style="bold")
        self.say(str(late["message"]))
        self.console.print("    X-Ray has:", style="bold")
        self.draw(self.shown_trace(answer.trace_id))
        self.say(f"It was in {facts['where']}")

    def send(self, request: Request) -> Answer:
        """Send a request to the stage as a client does. Raises NotAsPromised for another status."""
        body = None if request.json is None else json.dumps(request.json).encode()
        headers = {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}
        sent = urllib.request.Request(
            self.stage.url + request.path, body, headers, method=request.method
        )
        started = time.monotonic()
        try:
            with urllib.request.urlopen(sent, timeout=60) as response:
                status, got = response.status, response.headers
        except urllib.error.HTTPError as error:
            with error:
                status, got = error.code, error.headers
        expect(f"the status of {request.method} {request.path}", request.status, status)
        trace_id = got["X-Amzn-Trace-Id"].partition(";")[0].removeprefix("Root=")
        return Answer(status, trace_id, time.monotonic() - started)

    def make(self, target: str, arguments: str = "") -> str:
        """Run a make command of the service for the stage, with the emulated AWS around it."""
        secret = {
            "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
            "DATABASE_URL": UNREACHED_DATABASE,
        }
        environment = self.aws.environment() | secret
        return self.service.make(target, STAGE=STAGE, ARGS=arguments, environment=environment)

    def shown_trace(self, trace_id: str) -> str:
        """Return what the service's own `manage.py trace_show` prints of a trace."""
        try:
            return self.manage_here("trace_show", trace_id)
        except CommandFailed as failure:
            return failure.output

    def manage_here(self, command: str, *arguments: str) -> str:
        """Run a management command of the service on this machine, with the emulated AWS around it."""
        line = [str(self.service.folder / ".venv/bin/python"), "manage.py", command, *arguments]
        environment = self.aws.environment() | {"COLUMNS": str(self.console.width - 4)}
        return run(line, folder=self.service.folder, environment=environment, timeout=60)


def shown(setting: str, value: object) -> str:
    return "not there yet" if value is None else f"{setting} {value}"


@contextmanager
def without_the_post_hook(service: Service) -> Iterator[None]:
    """Take the hook that switches the stage's tracing on out of the settings, and put it back."""
    settings = service.folder / "zappa_settings.json"
    text = settings.read_text(encoding="utf-8")
    stages = json.loads(text)
    del stages[STAGE]["callbacks"]["post"]
    settings.write_text(json.dumps(stages, indent=4), encoding="utf-8")
    try:
        yield
    finally:
        settings.write_text(text, encoding="utf-8")


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold a lock that lets others read the SQLite file and makes them wait to write."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def json_lines(log: str) -> list[dict[str, object]]:
    """Return the lines of a log that are JSON objects."""
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def request_lines(log: str) -> list[dict[str, object]]:
    """Return the lines about requests that have ended."""
    return [line for line in json_lines(log) if "status" in line and "route" in line]


def is_late(line: dict[str, object]) -> bool:
    """Return whether a line of the log is about a request that passed its deadline."""
    return "has not finished after" in str(line.get("message"))
