"""A cold start loads no more than it is allowed to, and who imports more is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.service import Service
from tests.start_budget import PACKAGES, broken, record, with_planted

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
