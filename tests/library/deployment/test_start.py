"""What a service's own imports cost its start is told with who imports it, and what to do."""

from pathlib import Path
from typing import Any

import pytest
from zappa_xray.deployment.start import cost, report
from zappa_xray.deployment.start.cost import costly_imports

HANDLER = """
from zappa_xray.lambda_start.code import Package
from zappa_xray.lambda_start.when_used import WhenUsed

WhenUsed({"waiting": Package()}).stand_first()
import notes.views
"""
COSTLY = "import time\ntime.sleep(0.6)\n"


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a service's code, and beside it a library that takes long and one that waits."""
    packages = tmp_path / "site-packages"
    packages.mkdir()
    (packages / "costly.py").write_text("import costly_part\n")
    (packages / "costly_part.py").write_text(COSTLY)
    (packages / "waiting.py").write_text(f"{COSTLY}value = 1\n")
    (packages / "cheap.py").write_text("")
    service = tmp_path / "service"
    for name in ("config", "notes"):
        (service / name).mkdir(parents=True)
        (service / name / "__init__.py").write_text("")
    (service / "config/lambda_function.py").write_text(HANDLER)
    monkeypatch.syspath_prepend(packages)
    # Far above what any module costs that does not sleep, on however busy a machine.
    monkeypatch.setattr(cost, "LEAST_SECONDS", 0.5)
    monkeypatch.setattr(cost, "COSTLY", 0)
    return service


def lines(service: Path, views: str) -> list[str]:
    (service / "notes/views.py").write_text(views)
    return report.lines(service, "config.settings", {})


@pytest.mark.parametrize(
    "views", ["", "import cheap\n", "import waiting\n", "def view():\n    import costly\n"]
)
def test_of_what_costs_little_nothing_is_said(service: Path, views: str) -> None:
    assert lines(service, views) == []


def test_a_costly_import_is_told_by_who_imports_it_and_what_to_do(service: Path) -> None:
    head, line, advice = lines(service, "import cheap\nimport costly\n")
    assert head == "Imports of this service's own that each cold start waits for:"
    assert line.endswith("%  notes/views.py:2 imports costly")
    assert 'zappa_handler(when_used=["costly"])' in advice


def test_what_waits_for_its_use_is_told_when_it_is_used_at_once(service: Path) -> None:
    _head, line, advice = lines(service, "import waiting\n\nvalue = waiting.value\n")
    assert line.endswith("%  notes/views.py:3 uses waiting")
    assert advice.startswith("What is used: make it in the function that needs it")


def test_a_service_that_does_not_start_is_told_with_its_own_words(service: Path) -> None:
    [line] = lines(service, "raise RuntimeError('DATABASE is missing')\n")
    assert line.endswith("does not start here: RuntimeError: DATABASE is missing")


def entry(module: str, within: int, importer: str, seconds: float = 1.0) -> dict[str, Any]:
    own = module.startswith("notes")
    file = f"/service/{module}.py" if own else f"/service/.venv/site-packages/{module}.py"
    return {
        "module": module,
        "file": file,
        "importer_file": f"/service/{importer}.py",
        "line": 1,
        "within": within,
        "seconds": seconds,
        "waited": False,
    }


def test_what_each_service_needs_is_nobody_s_cost() -> None:
    imports = [
        entry("rest_framework", -1, "notes"),
        entry("http", 0, ".venv/site-packages/rest_framework"),
        entry("notes.models", -1, "notes"),
        entry("pandas", 2, "notes"),
        entry("django", 3, ".venv/site-packages/pandas", 5.0),
        entry("numpy", 3, ".venv/site-packages/pandas"),
    ]
    [costly] = costly_imports({"imports": imports}, Path("/service"))
    assert (costly.module, costly.seconds) == ("pandas", 2.0)
