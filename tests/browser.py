"""Headless Chromium, and the development server of a baked service for it to look at.

`python -m tests.browser` renders docs/traces-light.png and docs/traces-dark.png for this README, and
the light one for the library's.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from email.message import Message
from pathlib import Path
from typing import Any, TypeVar

from selenium.webdriver import Chrome, ChromeOptions, ChromeService

from emulator.ports import free_port
from emulator.processes import run, started
from emulator.service import TEMPLATE, Service, bake, offered_python
from tests.library_environment import LIBRARY

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
CHROMEDRIVER = shutil.which("chromedriver")
DOCS = TEMPLATE / "docs"
OF_THE_LIBRARY = LIBRARY / "traces.png"
START_SECONDS = 60.0

SLOW = """
import time

from django.http import HttpRequest, HttpResponse
from django.urls import path

from notes.models import Note


def monthly(request: HttpRequest) -> HttpResponse:
    owners = [note.owner.username for note in Note.objects.all()]
    time.sleep(2)
    return HttpResponse(" ".join(owners))


urlpatterns = [path("reports/monthly/", monthly)]
"""

Result = TypeVar("Result")


def missing() -> str | None:
    """Return why there is no browser here, or None when there is one."""
    if CHROMIUM and CHROMEDRIVER:
        return None
    return "Chromium and its driver are missing (Debian: apt install chromium chromium-driver)"


@contextmanager
def browser(scheme: str = "light", size: tuple[int, int] = (1216, 670)) -> Iterator[Chrome]:
    """Start Chromium with a profile of its own. `scheme` is `light` or `dark`."""
    options = ChromeOptions()
    options.binary_location = CHROMIUM or ""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (
            *("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run"),
            *("disable-background-networking", "disable-component-update", "disable-sync"),
            *("disable-dev-shm-usage", "hide-scrollbars", "force-device-scale-factor=1"),
            f"user-data-dir={profile}",
            "window-size={},{}".format(*size),
        ):
            options.add_argument(f"--{flag}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = Chrome(options=options, service=ChromeService(executable_path=CHROMEDRIVER))
        try:
            show_in(driver, scheme)
            yield driver
        finally:
            driver.quit()


def show_in(driver: Chrome, scheme: str) -> None:
    """Have the browser's user want pages that are `light` or `dark`."""
    emulated = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": emulated})


def wait_for(look: Callable[[], Result | None], seconds: float = 15) -> Result:
    """Return what `look` finds as soon as it is true. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > until:
            raise TimeoutError(f"nothing to be seen after {seconds:g} s")
        time.sleep(0.05)
    return found


class Site:
    """A development server at `url` that collects its own traces, sent to `daemon`."""

    def __init__(self, url: str, daemon: tuple[str, int], process: subprocess.Popen[bytes]) -> None:
        self.url, self.daemon, self.process = url, daemon, process
        self.token = ""

    @property
    def page(self) -> str:
        return f"{self.url}/__traces__/"

    def get(
        self, path: str, data: object = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Send a request (POST when there is data); return its status and the id of its trace."""
        status, answer, _ = self.answer(path, data, headers)
        return status, answer.get("X-Amzn-Trace-Id", "").removeprefix("Root=")

    def answer(
        self, path: str, data: object = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Message, str]:
        """Send a request (POST when there is data); return status, headers and body."""
        request = urllib.request.Request(self.url + path, headers=dict(headers or {}))
        if self.token:
            request.add_header("Authorization", f"Token {self.token}")
        if data is not None:
            request.data = json.dumps(data).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.headers, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode()

    def news(self) -> dict[str, Any]:
        """Return what the page is told."""
        told: dict[str, Any] = json.loads(self.answer("/__traces__/news")[2])
        return told

    def send(self, *packets: bytes) -> None:
        """Send packets to the daemon's address."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for packet in packets:
                sender.sendto(packet, self.daemon)


@contextmanager
def running(
    service: Service, log: Path, environment: Mapping[str, str] | None = None, *arguments: str
) -> Iterator[Site]:
    """Run an installed service's development server, as `make run` does, on free ports."""
    port, daemon = free_port(), ("127.0.0.1", free_port(socket.SOCK_DGRAM))
    settings = {
        "DJANGO_DEBUG": "true",
        "AWS_XRAY_DAEMON_ADDRESS": "{}:{}".format(*daemon),
        "PYTHONUNBUFFERED": "1",
        **(environment or {}),
    }
    command = [str(service.folder / ".venv/bin/python"), "manage.py"]
    run([*command, "migrate"], folder=service.folder, environment=settings)
    with (
        log.open("wb") as output,
        started(
            [*command, "runserver", str(port), *arguments],
            environment=settings,
            cwd=service.folder,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        site = Site(f"http://127.0.0.1:{port}", daemon, process)
        wait_for(lambda: answers(site), START_SECONDS)
        yield site


def answers(site: Site) -> bool:
    if site.process.poll() is not None:
        raise RuntimeError(f"The server has ended with {site.process.returncode}.")
    with suppress(OSError):
        return site.get("/__traces__/news")[0] == 200
    return False


def make_user(service: Service) -> str:
    """Make the administrator ada (password: correct horse battery) and return her token."""
    python = str(service.folder / ".venv/bin/python")
    environment = {"DJANGO_SUPERUSER_PASSWORD": "correct horse battery"}
    who = ["--username", "ada", "--email", "ada@example.org"]
    run(
        [python, "manage.py", "createsuperuser", "--noinput", *who],
        folder=service.folder,
        environment=environment,
    )
    token = run([python, "manage.py", "drf_create_token", "ada"], folder=service.folder)
    return token.split()[2]


def render(folder: Path) -> None:
    """Render the page of a default service, in light and in dark, into `folder`."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        service = bake(Path(scratch), {"python_version": offered_python()})
        service.install()
        (service.folder / "reports.py").write_text(SLOW)
        with (service.folder / "config/urls.py").open("a") as urls:
            urls.write("\nfrom reports import urlpatterns as reports\n\nurlpatterns += reports\n")
        settings_file = service.folder / "config/settings.py"
        settings = settings_file.read_text()
        assert settings.count('"DEADLINE_SECONDS": 29,') == 1
        settings_file.write_text(settings.replace('SECONDS": 29,', 'SECONDS": 1,'))
        with running(service, Path(scratch) / "log") as site:
            site.get("/api/notes/")
            site.token = make_user(service)
            for number in range(12):
                site.get("/api/notes/", {"title": f"Note {number}", "body": "Buy milk."})
            for path in ("", "3/", "77/", "?search=milk"):
                site.get(f"/api/notes/{path}")
            site.get("/api/notes/", {"title": ""})
            site.get("/health/")
            for scheme in ("light", "dark"):
                site.get("/reports/monthly/")
                with browser(scheme) as driver:
                    look(site, driver)
                    driver.save_screenshot(str(folder / f"traces-{scheme}.png"))


def look(site: Site, driver: Chrome) -> None:
    """Open the trace of the request that passed its deadline."""
    driver.get(site.page)
    late = "#traces tr.late:not(:has(.in-progress)) a"
    wait_for(lambda: driver.find_elements("css selector", late))[0].click()
    wait_for(lambda: driver.find_elements("css selector", "#story.hurt pre"))


if __name__ == "__main__":
    if reason := missing():
        sys.exit(reason)
    render(DOCS)
    shutil.copy(DOCS / "traces-light.png", OF_THE_LIBRARY)
