"""What is packaged is for the processor that the stage's function runs on."""

import json
import sys
from pathlib import Path
from subprocess import run

import pytest
from zappa_xray.deployment.architecture import (
    architecture_faults,
    installed_binaries,
    machine,
)


def elf(number: int) -> bytes:
    """Return the beginning of a library for the processor of that number in ELF."""
    return (
        b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00" + number.to_bytes(2, "little") + bytes(44)
    )


@pytest.mark.parametrize(
    ("header", "said"),
    [(elf(62), "x86_64"), (elf(183), "arm64"), (elf(243), "the processor 243 of ELF")],
)
def test_a_library_says_what_it_is_for(header: bytes, said: str) -> None:
    assert machine(header) == said


@pytest.mark.parametrize("header", [b"", b"\x7fELF", b"INPUT(-lpthread)    ", b"#!/bin/sh\n" * 3])
def test_what_is_no_library_is_for_none(header: bytes) -> None:
    assert machine(header) is None


def test_all_that_is_for_another_processor_is_named_once(tmp_path: Path) -> None:
    for number in range(7):
        (tmp_path / f"fast{number}.so").write_bytes(elf(183 if number else 62))
    (tmp_path / "sorted.soup").write_bytes(elf(183))
    binaries = list(installed_binaries(tmp_path))
    assert architecture_faults(binaries[:1], "x86_64") == []
    [fault] = architecture_faults(binaries, "x86_64")
    assert "cannot load fast1.so (for arm64), fast2.so (for arm64)," in fault
    assert "fast5.so (for arm64), and 1 more." in fault
    [fault] = architecture_faults(binaries, "arm64")
    assert "cannot load fast0.so (for x86_64). make package" in fault


SAID = """zappa_settings.json, stage dev:
- enviroment_variables is no key of Zappa's or the hooks', perhaps environment_variables?
- architecture has to be "x86_64" or "arm64", it is ["arm64"]
- s3_bucket is missing: Zappa would upload into one of a random name, another each time
"""


@pytest.mark.parametrize(
    ("stages", "printed", "code"),
    [
        ({"dev": {"s3_bucket": "packages"}}, "x86_64-manylinux_2_34\n", 0),
        (
            {
                "base": {"s3_bucket": "packages", "architecture": "arm64"},
                "dev": {"extends": "base"},
            },
            "aarch64-manylinux_2_34\n",
            0,
        ),
        (
            {"dev": {"architecture": ["arm64"], "enviroment_variables": {}}},
            SAID,
            1,
        ),
        ({"production": {}}, "zappa_settings.json has no stage dev: production\n", 1),
    ],
)
def test_uv_is_told_the_platform_of_the_stage(
    project: Path, stages: object, printed: str, code: int
) -> None:
    (project / "zappa_settings.json").write_text(json.dumps(stages))
    command = [sys.executable, "-m", "zappa_xray.deployment.architecture", "dev"]
    ran = run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.stdout or ran.stderr, ran.returncode) == (printed, code)
