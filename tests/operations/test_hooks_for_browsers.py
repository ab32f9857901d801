"""A page of another origin in a real browser, and the deployed stage: what its script may read."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from werkzeug.wrappers import Response

from emulator import events
from emulator.deployed_stage import DeployedStage
from emulator.gateway_responses import FAILED, FORBIDDEN, THROTTLED
from emulator.loopback import LoopbackServer
from emulator.processes import CommandFailed
from tests.browser import browser, missing
from tests.emulator.asking import ask
from tests.operations.conftest import Operations
from tests.operations.test_hooks import update

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("operations"),
    pytest.mark.skipif(missing() is not None and not os.environ.get("CI"), reason=missing() or ""),
]

FETCH = """
const [url, options, done] = arguments;
fetch(url, options).then(
    async answer => done({
        status: answer.status,
        body: await answer.text(),
        trace: answer.headers.get("X-Amzn-Trace-Id"),
        asks: answer.headers.get("X-Amzn-Remapped-WWW-Authenticate"),
    }),
    error => done({blocked: String(error)}),
)
"""
BLOCKED = {"blocked": "TypeError: Failed to fetch"}
Fetch = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """A site of its own with an empty page."""
    page = Response("<!doctype html><title>App</title>", mimetype="text/html")
    with LoopbackServer(lambda request: page) as server:
        yield server.origin.replace("127.0.0.1", "app.localhost")


@pytest.fixture(scope="module")
def stage(
    operations: Operations, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DeployedStage]:
    """The deployed stage, answering with a database of its own."""
    database = tmp_path_factory.mktemp("browsers") / "notes.sqlite3"
    variables = {"DATABASE_URL": f"sqlite:///{database}"}
    with DeployedStage(operations.aws, operations.function, environment=variables) as stage:
        stage.function.invoke(events.manage("migrate"))
        yield stage


@pytest.fixture(scope="module")
def token(stage: DeployedStage) -> str:
    who = "createsuperuser --noinput --username jo --email jo@example.com"
    stage.function.invoke(events.manage(who))
    printed = stage.function.run(events.manage("drf_create_token jo")).log
    found = re.search(r"\b[0-9a-f]{40}\b", printed)
    assert found is not None
    return found.group()


@pytest.fixture(scope="module")
def chrome(origin: str) -> Iterator[Chrome]:
    with browser() as chrome:
        chrome.get(origin)
        yield chrome


@pytest.fixture
def fetch(chrome: Chrome, stage: DeployedStage) -> Iterator[Fetch]:
    """What the page's script gets of an address below the stage."""

    def fetch(path: str, **options: Any) -> dict[str, Any]:
        found: dict[str, Any] = chrome.execute_async_script(FETCH, stage.url + path, options)
        return found

    yield fetch
    stage.gateway.refuses, stage.gateway.seconds = None, 29.0


@pytest.fixture(scope="module")
def allowed(operations: Operations, origin: str) -> Iterator[Callable[[str], str]]:
    """Name the origins, as the owner does, and return what the update printed."""
    file: Path = operations.service.folder / ".env.dev"

    def allow(origins: str) -> str:
        file.write_text(f"DJANGO_CORS_ORIGINS={origins}\n")
        return update(operations)

    yield allow
    allow("")
    file.unlink()


def preflight_needs_no_token(stage: DeployedStage, origin: str) -> None:
    """Ask as a browser does before it sends a script's request."""
    asks = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    answer = ask(f"{stage.url}/api/notes/1/", "OPTIONS", headers=asks)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]
    other = ask(f"{stage.url}/api/notes/1/", "OPTIONS", headers=asks | {"Origin": "https://x.y"})
    assert "Access-Control-Allow-Origin" not in other.headers


def test_a_script_may_read_nothing_until_its_origin_is_named(fetch: Fetch) -> None:
    assert fetch("/health/") == BLOCKED
    assert fetch("/health/", headers={"Authorization": "Token x"}) == BLOCKED


def test_a_script_of_a_named_origin_reads_answers_and_errors_whoever_made_them(
    fetch: Fetch, allowed: Callable[[str], str], stage: DeployedStage, origin: str, token: str
) -> None:
    printed = allowed(origin)
    assert f"by itself can be read by scripts of {origin} now." in printed
    preflight_needs_no_token(stage, origin)
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    note = '{"title": "From another origin"}'
    made = fetch("/api/notes/", method="POST", headers=headers, body=note)
    assert (made["status"], "From another origin" in made["body"]) == (201, True)
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=[01]", made["trace"])
    nobody = fetch("/api/notes/")
    assert (nobody["status"], nobody["asks"]) == (401, "Token")
    nowhere = fetch("/nowhere/", headers=headers)
    assert (nowhere["status"], nowhere["body"]) == (404, '{"detail": "Not Found."}')
    for kind in (FORBIDDEN, THROTTLED, FAILED):
        stage.gateway.refuses = kind
        refused = fetch("/health/")
        assert (refused["status"], refused["body"]) == (
            kind.status,
            f'{{"message": "{kind.message}"}}',
        )
        assert refused["trace"]
    stage.gateway.refuses, stage.gateway.seconds = None, 0.001
    assert fetch("/health/")["status"] == 504


def test_a_script_of_another_origin_than_the_named_one_reads_nothing(
    fetch: Fetch, allowed: Callable[[str], str], stage: DeployedStage
) -> None:
    allowed("https://app.example.org")
    assert fetch("/health/") == BLOCKED
    stage.gateway.refuses = THROTTLED
    assert fetch("/health/") == BLOCKED


def test_without_the_origin_all_is_as_before(
    fetch: Fetch, allowed: Callable[[str], str], stage: DeployedStage, operations: Operations
) -> None:
    assert "can be read by scripts of nobody now." in allowed("")
    assert fetch("/health/") == BLOCKED
    stage.gateway.refuses = THROTTLED
    assert fetch("/health/") == BLOCKED
    assert operations.aws.gateway_responses(operations.function, "dev") == {}
    assert operations.aws.stage_tracing(operations.function, "dev") is True


def test_an_origin_that_no_browser_sends_is_refused_before_anything_is_uploaded(
    allowed: Callable[[str], str],
) -> None:
    with pytest.raises(CommandFailed) as failed:
        allowed("https://app.example.org/")
    assert "CORS_ALLOWED_ORIGINS holds 'https://app.example.org/'" in failed.value.output
    assert "nothing was built or uploaded" in failed.value.output
