"""What the init phase cost is measured, and told in the trace of the first request."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from zappa_xray.lambda_start.init_phase import InitPhase
from zappa_xray.tracing import init_phase
from zappa_xray.tracing.recording import process


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InitPhase:
    """An init phase in which a package imported a costly one."""
    (tmp_path / "cheap_package").mkdir()
    (tmp_path / "cheap_package/__init__.py").write_text("import costly_package.submodule\n")
    (tmp_path / "costly_package").mkdir()
    (tmp_path / "costly_package/__init__.py").write_text("")
    (tmp_path / "costly_package/submodule.py").write_text("import time\ntime.sleep(0.25)\n")
    monkeypatch.syspath_prepend(tmp_path)
    for module in ("cheap_package", "costly_package", "costly_package.submodule"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    with InitPhase() as phase:
        importlib.import_module("cheap_package")
    return phase


def test_each_package_has_the_time_of_its_own_code(measured: InitPhase) -> None:
    assert measured.modules == 3
    assert set(measured.packages) == {"cheap_package", "costly_package"}
    assert measured.packages["costly_package"] > measured.packages["cheap_package"]
    assert sum(measured.packages.values()) < measured.ended - measured.started


def test_imports_are_measured_no_longer_than_it_is_entered(
    measured: InitPhase, tmp_path: Path
) -> None:
    (tmp_path / "later_package.py").write_text("")
    importlib.import_module("later_package")
    assert "later_package" not in measured.packages


def children(daemon: Any) -> list[dict[str, Any]]:
    return [document for document in daemon.documents if document["name"] == "init"]


def test_the_first_request_tells_what_the_start_cost(
    measured: InitPhase, client: Client, trace_daemon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(init_phase, "measured", measured)
    monkeypatch.setattr(process, "is_cold", True)
    client.get("/health/")
    client.get("/health/")
    [init] = children(trace_daemon)
    first, second = (document for document in trace_daemon.complete if document != init)
    assert (init["parent_id"], init["trace_id"]) == (first["id"], first["trace_id"])
    assert (init["start_time"], init["end_time"]) == (measured.started, measured.ended)
    facts = init["metadata"]["tracing"]["init"]
    assert facts["modules"] == 3
    assert next(iter(facts["packages"])) == "costly_package"
    assert second["annotations"]["cold_start"] is False


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda phase: setattr(phase, "ended", 0.0), id="not measured"),
        pytest.param(lambda phase: setattr(phase, "ended", phase.ended - 3600), id="long ago"),
    ],
)
def test_a_start_that_nobody_waited_for_is_not_told(
    measured: InitPhase,
    change: Callable[[InitPhase], None],
    client: Client,
    trace_daemon: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change(measured)
    monkeypatch.setattr(init_phase, "measured", measured)
    monkeypatch.setattr(process, "is_cold", True)
    client.get("/health/")
    [request] = trace_daemon.complete
    assert request["annotations"]["cold_start"] is True
