"""What a service's own imports cost its start is told with who imports it, and what to do."""

import json
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
    head, line, advice, meant = lines(service, "import cheap\nimport costly\n")
    assert head == "Imports of this service's own that each cold start waits for:"
    assert line.endswith("%  notes/views.py:2 imports costly")
    assert 'zappa_handler(when_used=["costly"])' in advice
    assert "zappa_handler(in_each_request=[...])" in meant


def test_what_the_service_says_that_each_request_needs_is_not_told(service: Path) -> None:
    handler = (service / "config/lambda_function.py").read_text()
    (service / "config/lambda_function.py").write_text(f"import costly\n{handler}")
    assert lines(service, "import costly\n") == []


def test_what_waits_for_its_use_is_told_when_it_is_used_at_once(service: Path) -> None:
    _head, line, advice, _meant = lines(service, "import waiting\n\nvalue = waiting.value\n")
    assert line.endswith("%  notes/views.py:3 uses waiting")
    assert advice.startswith("What is used: make it in the function that needs it")


def test_a_service_that_does_not_start_is_told_with_its_own_words_and_line(service: Path) -> None:
    with pytest.raises(cost.NotStarted) as failure:
        lines(service, "\nraise RuntimeError('DATABASE is missing')\n")
    assert str(failure.value) == "RuntimeError: DATABASE is missing (notes/views.py:2)"


@pytest.fixture
def stage(service: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the service, where `make why-slow` runs, with a stage `dev` that sets a variable."""
    dev = {"django_settings": "config.settings", "environment_variables": {"ONE": "1"}}
    (service / "zappa_settings.json").write_text(json.dumps({"dev": dev}))
    (service / ".env.dev").write_text("TWO=2\n")
    (service / "notes/views.py").write_text("import os\nos.environ['ONE'] + os.environ['TWO']\n")
    monkeypatch.chdir(service)
    return service


def test_a_start_without_costly_imports_is_said_to_be_so(
    stage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report.main("dev") is None
    assert capsys.readouterr().out == "No import of this service's own takes much of its start.\n"


def test_a_stage_that_does_not_start_is_an_error_that_says_where_its_variables_are(
    stage: Path,
) -> None:
    (stage / ".env.dev").unlink()
    assert report.main() == (
        "The start cannot be looked at: with the variables of zappa_settings.json and .env.dev the "
        "service does not start here: KeyError: 'TWO' (notes/views.py:2)"
    )


def test_a_stage_that_is_not_there_is_an_error_that_names_those_that_are(stage: Path) -> None:
    assert report.main("live") == "zappa_settings.json has no stage live, but: dev."
    (stage / "zappa_settings.json").write_text("{")
    assert str(report.main("dev")).startswith("zappa_settings.json is not JSON: ")


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
