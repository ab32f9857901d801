"""The report's table, as wide as the terminal."""

import io

import pytest
from rich.console import Console
from zappa_xray.traceview.figures import Figures
from zappa_xray.traceview.report import table as table_of

from tests.library.traceview.report_calls import (
    Stubs,
    count,
    expect_metrics,
    expect_query,
    expect_x_ray,
    line,
    percentiles,
    run,
)


def table(width: int, aws: Stubs, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    route = "/api/organisations/{organisation_id}/members/{id}/"
    expect_query(aws, [line(route=route, ms=29_000, timed_out=True)])
    expect_query(aws, [count(route, 200, 123_456, 999.9), count("/b/", 404, 3, 2.0)])
    expect_query(aws, [percentiles(route, 100.5, 200.5, 999.9), percentiles("/b/", 1, 2, 2)])
    expect_query(aws, [percentiles(route, 100.5, 200.5, 999.9)])
    expect_metrics(aws)
    expect_x_ray(aws)
    lines = run("dev").splitlines()
    return lines[3 : lines.index(next(one for one in lines if one.startswith("From API")))]


def test_the_table_has_all_columns_where_there_is_room(
    aws: Stubs, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, hurt, *_ = table(200, aws, monkeypatch)
    assert header.split() == [
        *("route", "requests", "median", "p90", "p99", "max", "error", "throttle", "fault"),
        *("time-out", "cold", "after", "kill"),
    ]
    assert hurt.split() == [
        *("GET", "/api/organisations/{organisation_id}/members/{id}/", "123457", "100.5", "ms"),
        *("200.5", "ms", "999.9", "ms", "29.00", "s", "-", "-", "1", "1", "-", "-"),
    ]


@pytest.mark.parametrize(
    ("width", "shown", "left_out"),
    [
        (
            80,
            "route requests median p99 error fault time-out cold",
            "p90, after kill, max, throttle",
        ),
        (
            60,
            "route requests p99 fault time-out",
            "p90, after kill, max, throttle, cold, error, median",
        ),
        (
            44,
            "route requests fault time-out",
            "p90, after kill, max, throttle, cold, error, median, p99",
        ),
    ],
)
def test_the_route_stays_where_there_is_no_room(
    aws: Stubs, monkeypatch: pytest.MonkeyPatch, width: int, shown: str, left_out: str
) -> None:
    lines = table(width, aws, monkeypatch)
    assert lines[0].split() == shown.split()
    *rows, note = lines[1:]
    assert max(map(len, [lines[0], *rows])) <= width
    assert note == f"No room at {width} columns for {left_out}; --json has them."
    room = lines[0].index("requests") - 2
    written = "".join(row[:room] for row in rows).replace(" ", "")
    assert written == "GET/api/organisations/{organisation_id}/members/{id}/GET/b/"


def test_a_route_of_wide_characters_keeps_its_column() -> None:
    wide = Figures("GET", "/注文/{注文番号}/明細/", requests=1)
    console = Console(width=80, file=io.StringIO(), color_system=None)
    console.print(table_of([wide], 80, "requests")[0])
    header, row = console.file.getvalue().splitlines()  # type: ignore[attr-defined]  # a StringIO
    assert row.startswith("GET /注文/{注文番号}/明細/  ")
    assert header.startswith("route")
