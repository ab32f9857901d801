"""The library's own tests, in environments with the lowest and the highest versions of its ranges."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from emulator.service import TEMPLATE
from tests.conftest import RecordProperty
from tests.library_environment import LIBRARY, RESOLUTIONS, TESTS, command, variables


@pytest.mark.slow
@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_the_library_s_tests_pass_with_versions(
    resolution: str, record_property: RecordProperty
) -> None:
    process = finished(command(resolution, ["-q"]))
    assert process.returncode == 0, process.stdout[-10_000:] + process.stderr[-2_000:]
    # What is left lying there is baked into services.
    assert [str(path) for path in LIBRARY.rglob("__pycache__")] == []
    record_property("said", f"the library with its {resolution} versions: {last_line(process)}")


@pytest.mark.slow
def test_the_library_and_its_tests_are_typed() -> None:
    process = finished(command("types"))
    assert process.returncode == 0, process.stdout + process.stderr
    assert "no issues found" in process.stdout


@pytest.mark.parametrize("arguments", [["check"], ["format", "--check"]], ids=" ".join)
def test_the_library_and_its_tests_are_clean(arguments: list[str]) -> None:
    ruff = [sys.executable, "-m", "ruff", *arguments, "--no-cache"]
    process = finished([*ruff, str(LIBRARY), str(TESTS)])
    assert process.returncode == 0, process.stdout + process.stderr


@pytest.mark.parametrize("folder", [LIBRARY / "zappa_xray", TESTS], ids=lambda folder: folder.name)
def test_ruff_looks_into_them(folder: Path) -> None:
    listed = finished([sys.executable, "-m", "ruff", "check", "--show-files", str(folder)]).stdout
    assert {Path(line) for line in listed.splitlines()} == set(folder.rglob("*.py"))


def finished(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments, check=False, cwd=TEMPLATE, env=variables(), capture_output=True, text=True
    )


def last_line(process: subprocess.CompletedProcess[str]) -> str:
    """Return how pytest ended, such as `268 passed in 7.51s`."""
    return process.stdout.splitlines()[-1].strip("= ")
