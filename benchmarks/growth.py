"""How a service's start and its requests grow with what its owner adds: `python -m benchmarks.growth
[SERVICE_FOLDER]`.

The packaged service with more apps, models, routes or middleware, as it is and without tracing: what
tracing adds is the distance between two curves, which does not grow with them.
"""

from __future__ import annotations

import compileall
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from py_compile import PycInvalidationMode
from statistics import median

from benchmarks import graph
from benchmarks.cold_start.variants import environment_of, make_database, unpack
from benchmarks.tracing_service import service_of
from emulator.daemon import Daemon
from emulator.function import Function
from emulator.service import Service

ROUNDS, WARM_REQUESTS = 3, 60
STARTS = {"apps": (0, 10, 50, 200), "models": (0, 10, 50, 200), "routes": (0, 10, 50, 200)}
REQUESTS = {"routes": (10, 100, 1000), "middleware": (0, 10, 50)}
WITH, WITHOUT = "this service", "without tracing"

SETTINGS = """
from config.settings import *

INSTALLED_APPS = [*INSTALLED_APPS, *{apps}]
MIDDLEWARE = [*MIDDLEWARE, *{middleware}]
ROOT_URLCONF = "grown_urls"
"""
UNTRACED = """
TRACING = ("aws_xray_sdk.ext.django", "zappa_xray.tracing", "zappa_xray.tracing.middleware.XRayMiddleware")
INSTALLED_APPS = [app for app in INSTALLED_APPS if app not in TRACING]
MIDDLEWARE = [path for path in MIDDLEWARE if path not in TRACING]
for handler in LOGGING["handlers"].values():
    handler["filters"] = []
LOGGING["filters"] = {}
"""
URLS = """
from django.http import HttpResponse
from django.urls import path
from config.urls import urlpatterns as before

def view(request):
    return HttpResponse("ok")

urlpatterns = [*before, *(path(f"route-{{number}}/", view) for number in range({routes}))]
"""
MIDDLEWARE = """
def pass_on(get_response):
    return lambda request: get_response(request)
"""
MODEL = """
class Model{number}(models.Model):
    name = models.CharField(max_length=100, db_index=True)
    count = models.IntegerField(default=0)
    other = models.ForeignKey("self", models.CASCADE, null=True)
"""


def grown(package: Path, folder: Path, kind: str, count: int, *, traced: bool) -> Path:
    """Return the package in `folder`, with `count` more of a kind, and bytecode for all of them."""
    folder.mkdir()
    for path in package.iterdir():
        if path.name not in ("zappa_settings.py", "__pycache__"):
            (folder / path.name).symlink_to(path)
    zappa_settings = (package / "zappa_settings.py").read_text()
    files = {
        "zappa_settings.py": re.sub(
            r"(['\"])config\.settings\1", "'grown_settings'", zappa_settings
        ),
        "grown_settings.py": SETTINGS.format(
            apps=[f"grown.app_{number}" for number in range(count)]
            if kind == "apps"
            else ["grown"],
            middleware=["grown_middleware.pass_on"] * (count if kind == "middleware" else 0),
        )
        + ("" if traced else UNTRACED),
        "grown_urls.py": URLS.format(routes=count if kind == "routes" else 0),
        "grown_middleware.py": MIDDLEWARE,
        "grown/__init__.py": "",
    }
    if kind == "apps":
        files |= {f"grown/app_{number}/__init__.py": "" for number in range(count)}
        files |= {f"grown/app_{number}/models.py": "" for number in range(count)}
    if kind == "models":
        models = [MODEL.format(number=number) for number in range(count)]
        files["grown/models.py"] = "\n".join(["from django.db import models", *models])
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
        compileall.compile_file(
            str(folder / name), quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
        )
    return folder


Measure = Callable[[Function, str, int], float]


def start_seconds(function: Function, kind: str, count: int) -> float:
    seconds_of(function, "/health/")
    return function.init_seconds + function.last_seconds


def request_seconds(function: Function, kind: str, count: int) -> float:
    path = f"/route-{count - 1}/" if kind == "routes" else "/health/"
    seconds_of(function, path)
    return median(seconds_of(function, path) for _ in range(WARM_REQUESTS))


def seconds_of(function: Function, path: str) -> float:
    response = function.request("GET", path)
    assert response["statusCode"] == 200, response
    return function.last_seconds


Curves = dict[str, dict[str, list[tuple[float, float]]]]


def measure(service: Service, package: Path, environment: Mapping[str, str]) -> Curves:
    """Return the curves by heading and name: points of a count and milliseconds."""
    kinds: list[tuple[str, Mapping[str, tuple[int, ...]], Measure, int]] = [
        ("cold start, ms, and {}", STARTS, start_seconds, ROUNDS),
        ("warm request, ms, and {}", REQUESTS, request_seconds, 1),
    ]
    return {
        heading.format(kind): curves_of(service, package, environment, kind, counts, value, rounds)
        for heading, sizes, value, rounds in kinds
        for kind, counts in sizes.items()
    }


def curves_of(
    service: Service,
    package: Path,
    environment: Mapping[str, str],
    kind: str,
    counts: tuple[int, ...],
    value: Measure,
    rounds: int,
) -> dict[str, list[tuple[float, float]]]:
    curves: dict[str, list[tuple[float, float]]] = {WITH: [], WITHOUT: []}
    with tempfile.TemporaryDirectory() as temporary, Daemon() as daemon:
        for count in counts:
            folders = {
                name: grown(
                    package, Path(temporary, f"{name}-{count}"), kind, count, traced=name == WITH
                )
                for name in curves
            }
            measured: dict[str, list[float]] = {name: [] for name in curves}
            for _ in range(rounds):
                for name, folder in folders.items():
                    with Function(
                        folder, daemon.address, python=service.python, environment=environment
                    ) as function:
                        measured[name].append(value(function, kind, count))
            for name, seconds in measured.items():
                curves[name].append((count, median(seconds) * 1e3))
    return curves


def lines(curves: Curves) -> Iterator[str]:
    """The table: a line for each curve."""
    for heading, by_name in curves.items():
        for name, points in by_name.items():
            values = "".join(f"{count:>7g}: {value:7.2f}" for count, value in points)
            yield f"{heading:34}{name:18}{values}"


def main(folder: str | None = None) -> Curves:
    """Measure, and draw docs/growth.svg. `folder` is an installed service, None for a new one."""
    with service_of(folder) as service, tempfile.TemporaryDirectory() as temporary:
        database = make_database(service, Path(temporary, "db.sqlite3"))
        package = unpack(service.package(), Path(temporary, "package"))
        curves = measure(service, package, environment_of(database))
    graph.write("growth.svg", graph.panels("What grows with a service", curves))
    return curves


if __name__ == "__main__":
    for line in lines(main(sys.argv[1] if len(sys.argv) > 1 else None)):
        print(line)
