"""The development server of a service in which things go wrong, and a browser that looks at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from emulator.service import Service
from tests.browser import Site, browser, running, show_in
from tests.traceview.looking import INJECTED

TROUBLES = f"""
import time

from django.contrib.auth.models import Permission
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path


def repeat(request: HttpRequest) -> HttpResponse:
    names = [permission.content_type.model for permission in Permission.objects.all()[:37]]
    return HttpResponse(" ".join(names), content_type="text/plain")


def fail(request: HttpRequest, what: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 -- " + {INJECTED!r})
    raise RuntimeError({INJECTED!r})


def hang(request: HttpRequest) -> HttpResponse:
    time.sleep(1.5)
    return HttpResponse("late", content_type="text/plain")


urlpatterns = [path("repeat/", repeat), path("fail/<path:what>", fail), path("hang/", hang)]
"""


def copied(service: Service, parent: Path) -> Service:
    """Return a copy of an installed service that shares its `.venv`."""
    copy = Service(parent / service.slug)
    left_out = shutil.ignore_patterns(".venv", ".lambda", "__pycache__", "*.sqlite3", "dist")
    shutil.copytree(service.folder, copy.folder, ignore=left_out)
    (copy.folder / ".venv").symlink_to(service.folder / ".venv")
    return copy


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, (file, old)
    file.write_text(text.replace(old, new))


@pytest.fixture(scope="package")
def site(installed: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The development server of a service in which things go wrong."""
    folder = tmp_path_factory.mktemp("troubles")
    service = copied(installed, folder)
    (service.folder / "troubles.py").write_text(TROUBLES)
    with (service.folder / "config/urls.py").open("a") as urls:
        urls.write("\nfrom troubles import urlpatterns as troubles\n\nurlpatterns += troubles\n")
    settings_file = service.folder / "config/settings.py"
    replace(settings_file, '"DEADLINE_SECONDS": 29,', '"DEADLINE_SECONDS": 1,')
    recorded = '"RECORD": ["exception_message", "user_agent", "query_string"],'
    replace(settings_file, '"RECORD": ["exception_message"],', recorded)
    with running(service, folder / "log") as site:
        yield site


@pytest.fixture(scope="package")
def chromium() -> Iterator[Chrome]:
    with browser() as driver:
        yield driver


@pytest.fixture
def driver(request: pytest.FixtureRequest, chromium: Chrome) -> Chrome:
    """A browser whose user wants light pages, or dark ones, when the parameter is "dark"."""
    show_in(chromium, getattr(request, "param", "light"))
    return chromium
