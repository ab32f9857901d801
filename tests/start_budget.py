"""What a cold start of the default service may load, as modules and packages, and who broke that."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from emulator.processes import run
from emulator.runtime.folder import lambda_runtime
from emulator.service import TEMPLATE, Service

RECORDER = (
    TEMPLATE
    / "{{cookiecutter.project_slug}}/vendor/zappa-xray/zappa_xray/deployment/start/recorder.py"
)

# The most modules of each package of the zip. A package that is not here may not be loaded.
PACKAGES = {
    "accounts": 4,
    "asgiref": 4,
    "aws_xray_sdk": 52,
    "config": 8,
    "django": 310,
    "django_zappa_app": 1,
    "durationpy": 2,
    "environ": 4,
    "handler": 1,
    "markupsafe": 3,
    "notes": 8,
    "rest_framework": 58,
    "simplejson": 8,  # Lambda's runtime client has imported it before
    "sqlparse": 20,
    "werkzeug": 31,
    "whitenoise": 6,
    "wrapt": 16,
    "zappa": 9,
    "zappa_settings": 1,
    "zappa_xray": 70,
}
# Of Python's own, all in all.
STANDARD_LIBRARY = 160
# What an owner might add to the dependencies: in a record's package these can be imported as well.
ADDED = ("certifi", "charset_normalizer", "idna", "requests", "urllib3")
# Who imports what is then not loaded, because it is not used.
ASKED = {
    "inflection": {"rest_framework.compat"},
    "requests": {"rest_framework.compat"},
    "tarfile": {"handler"},
    "uritemplate": {"rest_framework.compat"},
    "yaml": {"rest_framework.compat"},
}


def record(package: Path, service: Service, folder: Path) -> dict[str, Any]:
    """Return what the library's recorder writes of a start of an unpacked package.

    `folder` is for the record, and for ADDED. What the package lacks comes from Lambda's runtime.
    """
    output, added = folder / "start.json", folder / "added"
    added.mkdir()
    for name in ADDED:
        (added / name).symlink_to(service.site_packages / name)
    paths = [package, lambda_runtime(service.python), added]
    run(
        [str(service.python), "-S", "-B", str(RECORDER), "config.lambda_function", str(output)],
        folder=package,
        environment={
            "LAMBDA_TASK_ROOT": str(package),
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
            "AWS_LAMBDA_FUNCTION_NAME": "notes-api-dev",
            "DJANGO_SECRET_KEY": "a key",
            "DATABASE_URL": "sqlite://:memory:",
            "PYTHONPATH": ":".join(map(str, paths)),
        },
        timeout=60,
    )
    recorded: dict[str, Any] = json.loads(output.read_text())
    return recorded


def broken(recorded: Mapping[str, Any]) -> list[str]:
    """Return what is over the budget, each with who imported it."""
    return [*too_many(recorded), *asked_by_others(recorded)]


def too_many(recorded: Mapping[str, Any]) -> Iterator[str]:
    loaded: dict[str, list[Mapping[str, Any]]] = {}
    for entry in recorded["imports"]:
        name = entry["module"].partition(".")[0]
        of_python = name.startswith("_") or name in sys.stdlib_module_names
        loaded.setdefault("Python" if of_python else name, []).append(entry)
    for name, entries in sorted(loaded.items()):
        allowed = STANDARD_LIBRARY if name == "Python" else PACKAGES.get(name, 0)
        if len(entries) > allowed:
            first = first_of(name, entries)
            yield (
                f"{name}: {len(entries)} modules, {allowed} are allowed;"
                f" {first['importer']}:{first['line']} imports {first['module']}"
            )


def first_of(name: str, entries: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the first import that came from outside the package."""
    outside = [entry for entry in entries if entry["importer"].partition(".")[0] != name]
    return outside[0]


def asked_by_others(recorded: Mapping[str, Any]) -> Iterator[str]:
    for name, importers in sorted(recorded["asked"].items()):
        if name == "asyncio":
            continue  # half of Django imports it
        for importer in sorted(set(importers) - ASKED.get(name, set())):
            yield f"{name}: {importer} imports it; it is not loaded before it is used"


def changed(package: Path, folder: Path, *copied: str) -> Path:
    """Return a package in `folder` that is `package`; the folders that are `copied` can be changed."""
    other = folder / "changed"
    other.mkdir()
    for path in package.iterdir():
        if path.name in copied:
            shutil.copytree(path, other / path.name, ignore=shutil.ignore_patterns("*.pyc"))
        else:
            (other / path.name).symlink_to(path)
    return other


def with_planted(package: Path, folder: Path, line: str) -> Path:
    """Return a package in `folder` that is `package` but for a line at the top of notes/views.py."""
    planted = changed(package, folder, "notes")
    views = planted / "notes/views.py"
    views.write_text(f"{line}\n{views.read_text()}")
    return planted


SHOP = {
    "__init__.py": "",
    "models.py": """
from django.contrib import admin
from django.db import models

class Order(models.Model):
    number = models.CharField(max_length=20)
""",
    "admin.py": """
from django.contrib import admin
from shop.models import Order

@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["number"]
""",
    "tasks.py": """
from zappa.asynchronous import task

@task
def send(number): pass
""",
    "views.py": """
import boto3
import requests
from django.http import HttpRequest, JsonResponse
from shop.tasks import send

def rates(request: HttpRequest) -> JsonResponse:
    session = boto3.Session()
    return JsonResponse({"client": requests.Session.__name__, "region": session.region_name})
""",
    "urls.py": """
from django.urls import path
from shop.views import rates

urlpatterns = [path("rates/", rates)]
""",
}


def with_shop(package: Path, folder: Path, service: Service) -> Path:
    """Return a package in `folder` with an app as owners add them: an admin, a task, requests and
    boto3 for one view. The libraries it asks for are in it."""
    other = changed(package, folder, "config")
    for name, content in SHOP.items():
        (other / "shop").mkdir(exist_ok=True)
        (other / "shop" / name).write_text(content)
    for name in ADDED:
        (other / name).symlink_to(service.site_packages / name)
    settings, urls = other / "config/settings.py", other / "config/urls.py"
    settings.write_text(
        settings.read_text().replace('    "notes",\n', '    "notes",\n    "shop",\n')
    )
    urls.write_text(
        f'{urls.read_text()}\nurlpatterns.append(path("shop/", include("shop.urls")))\n'
    )
    return other
