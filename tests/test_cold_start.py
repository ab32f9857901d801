"""What makes a package start fast, seen from inside a process that has started."""

from __future__ import annotations

import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks import graph, report, request_overhead
from benchmarks.cold_start import measure
from benchmarks.cold_start.measure import Start
from benchmarks.cold_start.variants import LIMIT, NAMES, ORIGIN, OWN, Variant
from emulator.processes import clean_environment
from emulator.runtime.folder import lambda_runtime
from emulator.service import TEMPLATE, Service

START = """
import json, sys
sys.path[:0], sys.path[len(sys.path):] = json.loads(sys.argv[1]), json.loads(sys.argv[2])
from config.lambda_function import lambda_handler
loaded = {name: getattr(module, "__cached__", None) for name, module in sys.modules.items()
          if str(getattr(module, "__file__", "")).startswith(sys.path[0])
          and module.__file__.endswith(".py")}
others = [name for name in ("boto3", "botocore") if name in sys.modules]
from django.contrib.staticfiles.finders import get_finder
listed = get_finder.cache_info().currsize
import boto3, zappa.utilities
print(json.dumps({"loaded": loaded, "others": others, "listed": listed,
                  "boto3 later": zappa.utilities.boto3.Session is boto3.Session}))
"""


@pytest.fixture(scope="module")
def started(package: Path, packaged: Service) -> dict[str, Any]:
    """What a process of the package has loaded before the first request."""
    environment = {
        "LAMBDA_TASK_ROOT": str(package),
        "AWS_REGION": "eu-central-1",
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
        "AWS_LAMBDA_FUNCTION_NAME": "notes-api-dev",
        "DJANGO_SECRET_KEY": "a key",
        "DATABASE_URL": "sqlite://:memory:",
    }
    folders = json.dumps([str(package)]), json.dumps([str(lambda_runtime(packaged.python))])
    answer = subprocess.run(
        [str(packaged.python), "-I", "-S", "-B", "-c", START, *folders],
        env=clean_environment(environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    result: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return result


@pytest.mark.slow
def test_every_module_has_its_bytecode(started: dict[str, Any]) -> None:
    assert len(started["loaded"]) > 200
    assert [name for name, file in started["loaded"].items() if not Path(file).exists()] == []


@pytest.mark.slow
def test_views_are_loaded_and_what_no_request_needs_is_not(started: dict[str, Any]) -> None:
    assert {"django.core.handlers.wsgi", "config.urls", "notes.views"} <= set(started["loaded"])
    # What a service's tasks import; by itself it makes four clients of boto3.
    assert "zappa.asynchronous" in started["loaded"]
    assert started["others"] == []
    assert started["listed"] == 0, "it looked for static files"
    assert started["boto3 later"] is True


@pytest.mark.slow
def test_the_zip_holds_what_the_function_needs_and_nothing_else(packaged: Service) -> None:
    with zipfile.ZipFile(packaged.zip_path()) as package:
        names = package.namelist()
        size = sum(file.file_size for file in package.infolist())
    roots = {name.split("/")[0] for name in names}
    own = {"accounts", "config", "notes", "zappa_xray", "handler.py", "zappa_settings.py"}
    assert own <= roots
    unneeded = ("deployment", "traceview", "tests", "iam", "boto3", "botocore", "pip", "mypy")
    assert roots.isdisjoint(unneeded)
    left_behind = (".env", ".sqlite3", ".po", ".map")
    assert [name for name in names if name.endswith(left_behind) or "/.env" in name] == []
    assert size < 70 * 2**20


def test_a_table_goes_between_the_marks_and_nowhere_else(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.write(report.table(["", "ms"], [["init", "1.0"]]), readme)
    assert readme.read_text() == (
        f"before\n{report.BEGIN}\n|  | ms |\n| :-- | --: |\n| init | 1.0 |\n{report.END}\nafter\n"
    )


@pytest.mark.parametrize(
    "text", ["", report.BEGIN, f"{report.END}{report.BEGIN}", report.BEGIN * 2 + report.END]
)
def test_a_readme_without_the_marks_is_refused(tmp_path: Path, text: str) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(text)
    with pytest.raises(ValueError, match="needs the lines"):
        report.write("table", readme)
    assert readme.read_text() == text


def variant(name: str, folder: Path, size: int) -> Variant:
    path = folder / f"{size}.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("module.py", "x" * size * 2**20)
    return Variant(name, folder, {}, path)


def test_each_ratio_of_a_cold_start_says_what_it_is_of(tmp_path: Path) -> None:
    compared = [
        variant(ORIGIN, tmp_path, 8),
        variant(OWN, tmp_path, 2),
        Variant(LIMIT, tmp_path, {}),
    ]
    starts = {
        ORIGIN: [Start(0.5, 1.5, 0.008, 0.002, 80 * 2**20)],
        OWN: [Start(init, 0.1, 0.004, 0.001, 40 * 2**20) for init in (0.3, 0.4, 0.5)],
        LIMIT: [Start(0.3, 0.001, 0.001, 0.001, 20 * 2**20)],
    }
    assert measure.report(compared, starts) == (
        "|  | the origin's own service | this service | / the origin's own service"
        " | Django and REST framework alone |\n"
        "| :-- | --: | --: | --: | --: |\n"
        "| cold start: init + first request | 2000.0 ms | 500.0 ms (450.0-550.0) | 0.250 | 301.0 ms |\n"
        "| - init | 500.0 ms | 400.0 ms (350.0-450.0) | 0.800 | 300.0 ms |\n"
        "| - first request | 1500.0 ms | 100.0 ms (100.0-100.0) | 0.067 | 1.0 ms |\n"
        "| warm `/api/notes/` | 8.0 ms | 4.0 ms (4.0-4.0) | 0.500 | 1.0 ms |\n"
        "| warm `/health/` | 2.0 ms | 1.0 ms (1.0-1.0) | 0.500 | 1.0 ms |\n"
        "| peak memory | 80.0 MiB | 40.0 MiB (40.0-40.0) | 0.500 | 20.0 MiB |\n"
        "| zip | 8.0 MiB | 2.0 MiB | 0.250 |  |\n"
        "| unpacked | 8.0 MiB | 2.0 MiB | 0.250 |  |"
    )


def test_the_drawing_of_a_cold_start_has_a_bar_for_each_phase_and_both_themes() -> None:
    drawing = measure.drawing(
        {
            ORIGIN: [Start(1.0, 2.0, 0.008, 0.002, 1)],
            OWN: [Start(0.4, 0.1, 0.004, 0.001, 1)],
        }
    )
    root = ElementTree.fromstring(drawing)
    widths = [
        float(bar.attrib["width"])
        for bar in root.iter("{http://www.w3.org/2000/svg}rect")
        if bar.attrib["height"] == str(graph.BAR)
    ]
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.01)
    assert widths[2] == pytest.approx(0.4 * widths[0], rel=0.01)
    shown = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {ORIGIN, OWN, "3,000 ms", "500 ms"} <= set(shown)
    assert "prefers-color-scheme: dark" in drawing


def test_a_diagram_has_a_curve_for_each_name_whose_points_go_up_with_the_values() -> None:
    drawing = graph.panels("Growth", {"apps": {"a": [(0, 1), (10, 2)], "b": [(0, 1), (10, 1)]}})
    lines = list(ElementTree.fromstring(drawing).iter("{http://www.w3.org/2000/svg}polyline"))
    heights = [
        [float(point.split(",")[1]) for point in line.attrib["points"].split()] for line in lines
    ]
    assert heights[0][1] < heights[0][0] == heights[1][0] == heights[1][1]


def test_what_a_request_costs_says_what_it_is_more_than() -> None:
    result = {
        "microseconds": {"no tracing": 40.0, "the SDK's middleware": 120.0, "this service": 100.5},
        "parts": {},
        "memory_kib": [1024, 1024],
        "threads": [2, 2],
        "requests": 10,
    }
    assert list(request_overhead.lines(result))[:4] == [
        "                            us a request  more than no tracing  of the SDK",
        "no tracing                          40.0                   0.0        0.00",
        "the SDK's middleware               120.0                  80.0        1.00",
        "this service                       100.5                  60.5        0.76",
    ]


def test_the_readme_s_tables_have_the_headings_that_are_written_now() -> None:
    readme = (TEMPLATE / "README.md").read_text(encoding="utf-8")
    assert f"| {' | '.join(measure.head(NAMES))} |" in readme.splitlines()
    assert "  more than no tracing  of the SDK\n" in readme
