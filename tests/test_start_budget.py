"""A cold start loads no more than it is allowed to, and who imports more is named."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from benchmarks.cold_start.variants import environment_of, make_database
from emulator.daemon import Daemon
from emulator.function import Function
from emulator.service import Service
from tests.start_budget import PACKAGES, broken, record, with_planted, with_shop

pytestmark = pytest.mark.slow


def test_a_cold_start_keeps_to_its_budget(package: Path, packaged: Service, tmp_path: Path) -> None:
    recorded = record(package, packaged, tmp_path)
    assert broken(recorded) == []
    loaded = {entry["module"].partition(".")[0] for entry in recorded["imports"]}
    assert {"django", "rest_framework", "notes"} <= loaded & PACKAGES.keys()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import boto3", "boto3: notes.views imports it; it is not loaded before it is used"),
        ("import requests", "requests: notes.views imports it; it is not loaded before it is used"),
        ("import yaml", "yaml: notes.views imports it; it is not loaded before it is used"),
        ("from boto3 import Session", "notes.views:1 imports boto3"),
        ("import requests; requests.get", "notes.views:1 imports requests"),
        ("from yaml import safe_load", "notes.views:1 imports yaml"),
        ("import psycopg", "notes.views:1 imports psycopg"),
    ],
)
def test_an_import_in_the_way_of_a_view_breaks_it_and_is_named(
    package: Path, packaged: Service, tmp_path: Path, line: str, found: str
) -> None:
    planted = with_planted(package, tmp_path, line)
    lines = broken(record(planted, packaged, tmp_path))
    assert [one for one in lines if found in one], lines


@pytest.fixture
def shop(package: Path, packaged: Service, tmp_path: Path) -> Path:
    """The package with an app of an owner's."""
    return with_shop(package, tmp_path, packaged)


def test_an_owner_s_app_with_an_admin_a_task_and_requests_in_a_view_stays_cheap(
    shop: Path, packaged: Service, tmp_path: Path
) -> None:
    recorded = record(shop, packaged, tmp_path)
    loaded = {entry["module"] for entry in recorded["imports"]}
    assert {"shop.models", "shop.tasks", "shop.views", "zappa.asynchronous"} <= loaded
    assert {"shop.admin", "boto3", "requests", "django.contrib.admin.options"}.isdisjoint(loaded)
    assert [line for line in broken(recorded) if not line.startswith("shop: ")] == [
        "boto3: shop.views imports it; it is not loaded before it is used",
        "requests: shop.views imports it; it is not loaded before it is used",
    ]


def test_what_was_not_loaded_is_there_when_a_request_needs_it(
    shop: Path, packaged: Service, daemon: Daemon, tmp_path: Path
) -> None:
    database = make_database(packaged, tmp_path / "db.sqlite3")
    environment = environment_of(database) | {"DJANGO_API_DOCS": "true"}
    with Function(
        shop, daemon.address, python=packaged.python, environment=environment
    ) as function:
        rates = function.request("GET", "/shop/rates/")
        admin = function.request("GET", "/admin/")
        login = function.request("GET", admin["headers"]["Location"].removeprefix("/dev"))
        schema = function.request("GET", "/api/schema/")
        docs = function.request("GET", "/api/docs/")
        style = function.request("GET", "/static/admin/css/base.css")
    assert json.loads(rates["body"]) == {"client": "Session", "region": "eu-central-1"}
    assert (admin["statusCode"], login["statusCode"]) == (302, 200)
    assert "Notes API" in login["body"]
    assert (schema["statusCode"], docs["statusCode"]) == (200, 200)
    assert (style["statusCode"], style["headers"]["Content-Type"]) == (
        200,
        'text/css; charset="utf-8"',
    )
    assert b"/api/notes/" in base64.b64decode(schema["body"])


def test_the_admin_of_a_cold_process_shows_the_models_of_all_apps(
    shop: Path, packaged: Service, daemon: Daemon, tmp_path: Path
) -> None:
    environment = environment_of(make_database(packaged, tmp_path / "db.sqlite3"))
    with Function(
        shop, daemon.address, python=packaged.python, environment=environment
    ) as function:
        shown = function.manage(
            "shell --command=from\tdjango.contrib\timport\tadmin;"
            "print(sorted(model.__name__\tfor\tmodel\tin\tadmin.site._registry))"
        )
    assert "['Group', 'Note', 'Order', 'TokenProxy', 'User']" in shown
