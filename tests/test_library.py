"""The library's own tests, in environments with the lowest and the highest versions of its ranges."""

from __future__ import annotations

import subprocess

import pytest

from emulator.service import TEMPLATE
from tests.conftest import RecordProperty
from tests.library_environment import RESOLUTIONS, command, variables

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_the_library_s_tests_pass_with_versions(
    resolution: str, record_property: RecordProperty
) -> None:
    process = subprocess.run(
        command(resolution, ["-q"]),
        check=False,
        cwd=TEMPLATE,
        env=variables(),
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stdout[-10_000:] + process.stderr[-2_000:]
    record_property("said", f"the library with its {resolution} versions: {last_line(process)}")


def last_line(process: subprocess.CompletedProcess[str]) -> str:
    """Return how pytest ended, such as `268 passed in 7.51s`."""
    return process.stdout.splitlines()[-1].strip("= ")
