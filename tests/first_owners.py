"""Two owners of a service of 0.1.0: what each did to it, and what they do by hand at the update."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from emulator.processes import run, uv_binary
from emulator.service import Service
from tests.releases import git, replace

CONFLICT = re.compile(
    r"^<<<<<<< ours\n(?P<ours>.*?)^=======\n(?P<theirs>.*?)^>>>>>>> theirs\n",
    re.MULTILINE | re.DOTALL,
)

ORDERS = """\
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from tracing import traced


@traced
def numbers() -> list[str]:
    return ["A1"]


@api_view(["GET"])
@permission_classes([AllowAny])
def orders(request: Request) -> Response:
    return Response(numbers())
"""
STARRED = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notes", "0001_initial")]

    operations = [
        migrations.AddField("note", "starred", models.BooleanField(default=False)),
    ]
"""
OF_A_READER = """\
import pytest
from django.test import Client

from accounts.models import User
from tests.trace_daemon import TraceDaemon


@pytest.mark.django_db
def test_a_reader_is_traced(reader: User, client: Client, trace_daemon: TraceDaemon) -> None:
    client.force_login(reader)
    assert client.get("/api/notes/").status_code == 200
    assert trace_daemon.complete[-1]["annotations"]["route"] == "/api/notes/"
"""
READER = """\
@pytest.fixture
def reader(db: None) -> User:
    return User.objects.create_user("grace", password="correct horse battery")


"""


@dataclass(frozen=True)
class Owner:
    """`works` on a new service; `settles` conflicts between the CHANGELOG's commands."""

    answers: Mapping[str, str]
    works: Callable[[Path], None]
    settles: Callable[[Path], None]


def add(package: str, folder: Path) -> None:
    """Ask for a package and lock, without installing."""
    run([str(uv_binary()), "add", "--quiet", "--no-sync", package], folder=folder, timeout=120)


def has_an_app_and_a_field(folder: Path) -> None:
    (folder / "orders").mkdir()
    (folder / "orders/__init__.py").touch()
    (folder / "orders/views.py").write_text(ORDERS)
    (folder / "notes/migrations/0002_starred.py").write_text(STARRED)
    field = "    starred = models.BooleanField(default=False)\n"
    replace(folder / "notes/models.py", "    created_at", f"{field}    created_at")
    urls = folder / "config/urls.py"
    replace(
        urls, "health import health\n", "health import health\nfrom orders.views import orders\n"
    )
    replace(urls, '    path("admin/"', '    path("api/orders/", orders),\n    path("admin/"')
    replace(folder / "config/settings.py", '    "notes",\n', '    "notes",\n    "orders",\n')
    replace(folder / "config/settings.py", '"PAGE_SIZE": 50', '"PAGE_SIZE": 20')
    grow_production(folder)
    add("humanize>=4,<5", folder)


def has_cors_and_a_fixture(folder: Path) -> None:
    settings = folder / "config/settings.py"
    security = '    "django.middleware.security.SecurityMiddleware",'
    replace(settings, security, f'    "corsheaders.middleware.CorsMiddleware",\n{security}')
    replace(settings, '    "notes",\n', '    "notes",\n    "corsheaders",\n')
    replace(folder / "README.md", "## Commands", "## Who is on call\n\nAda.\n\n## Commands")
    replace(folder / "zappa_settings.json", '"dist",', '"dist",\n            "docs",')
    replace(
        folder / "tests/conftest.py",
        "@pytest.fixture\ndef api(",
        f"{READER}@pytest.fixture\ndef api(",
    )
    (folder / "tests/test_readers.py").write_text(OF_A_READER)
    grow_production(folder)
    add("django-cors-headers>=4,<5", folder)


def grow_production(folder: Path) -> None:
    extends = '        "extends": "dev"'
    replace(folder / "zappa_settings.json", extends, f'{extends},\n        "memory_size": 2048')


def leaves_it_to_the_commands(folder: Path) -> None:
    assert conflicts(folder) <= {"config/urls.py"}


def settles_by_hand(folder: Path) -> None:
    """Keep the template's side, and of the owner's what the owner wrote; give the fixture a home."""
    kept = {
        "README.md": "## Who is on call\n\nAda.\n\n",
        "config/settings.py": '    "corsheaders.middleware.CorsMiddleware",\n',
        "pyproject.toml": "",  # both ask for django-cors-headers
        "zappa_settings.json": "",
    }
    assert conflicts(folder) == set(kept)
    for name, mine in kept.items():
        text = (folder / name).read_text(encoding="utf-8")
        settled = CONFLICT.sub(lambda found, mine=mine: found["theirs"] + mine, text)  # type: ignore[misc]  # the default binds the loop's value
        assert settled.count(mine) == 1 or not mine, f"{name} has more than one conflict"
        (folder / name).write_text(settled, encoding="utf-8")
    with (folder / "conftest.py").open("a", encoding="utf-8") as fixtures:
        fixtures.write(f"\n\n{READER.rstrip()}\n")


def conflicts(folder: Path) -> set[str]:
    """Return the files in which git marked a conflict."""
    return set(git("diff", "--name-only", "--diff-filter=U", folder=folder).splitlines())


OWNERS = {
    "app": Owner({"project_slug": "notes-api"}, has_an_app_and_a_field, leaves_it_to_the_commands),
    "cors": Owner(
        {"project_slug": "notes-api", "database": "mysql", "ci": "none"},
        has_cors_and_a_fixture,
        settles_by_hand,
    ),
}


def of_an_earlier_release(service: Service) -> bool:
    """Tell whether the service has folders that the library replaced."""
    return any((service.folder / room).exists() for room in ("tracing", "deployment", "traceview"))
