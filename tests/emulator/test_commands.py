"""What runs a command and a service for the demo and the tests."""

from __future__ import annotations

import io
import json
import os
import re
import select
import time
from pathlib import Path

import pytest
from rich.console import Console

from emulator.processes import CommandFailed, clean_environment, run
from emulator.progress import step
from emulator.service import Service


class TestProcesses:
    def test_environment_is_clean(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in (
            "AWS_PROFILE",
            "DJANGO_DEBUG",
            "DATABASE_URL",
            "MAKEFLAGS",
            "ARGS",
            "VIRTUAL_ENV",
        ):
            monkeypatch.setenv(name, "of the developer")
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
        environment = clean_environment({"DJANGO_SECRET_KEY": "given"})
        assert "of the developer" not in environment.values()
        assert environment["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
        assert environment["HTTPS_PROXY"] == "http://proxy"
        assert environment["DJANGO_SECRET_KEY"] == "given"

    def test_failure_has_the_output(self, tmp_path: Path) -> None:
        command = ["sh", "-c", "echo out; echo err >&2; exit 3"]
        with pytest.raises(CommandFailed, match=r"exit code 3\nout\nerr"):
            run(command, folder=tmp_path)
        assert run(["sh", "-c", "echo out; echo err >&2"], folder=tmp_path) == "out\nerr\n"

    def test_timeout_ends_the_whole_group(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "held")
        held = os.open(tmp_path / "held", os.O_RDONLY | os.O_NONBLOCK)
        try:
            with pytest.raises(CommandFailed, match=r"not done after 2 s\nstarted"):
                run(
                    ["sh", "-c", "exec 3> held; echo started; sleep 600; echo never"],
                    folder=tmp_path,
                    timeout=2,
                )
            # The sleep holds the pipe as well: its end is seen here once nobody has it open.
            assert select.select([held], [], [], 10)[0]
            assert os.read(held, 1) == b""
        finally:
            os.close(held)


class TestService:
    def test_stage_settings_have_what_they_extend(self, tmp_path: Path) -> None:
        stages = {
            "dev": {"a": 1, "b": 2},
            "production": {"extends": "dev", "b": 3},
            "trial": {"extends": "production", "c": 4},
        }
        (tmp_path / "zappa_settings.json").write_text(json.dumps(stages))
        assert Service(tmp_path).stage_settings("trial") == {"a": 1, "b": 3, "c": 4}


class TestProgress:
    def printed(self, error: Exception | None = None) -> str:
        file = io.StringIO()
        console = Console(file=file, width=60)
        try:
            with step(console, "Bake a service"):
                if error:
                    raise error
        except ValueError:
            pass
        return file.getvalue()

    def test_tick(self) -> None:
        assert re.fullmatch(r"✓ Bake a service \d\.\d s\n", self.printed())

    def test_cross(self) -> None:
        assert re.fullmatch(r"✗ Bake a service \d\.\d s\n", self.printed(ValueError()))

    def test_sign_of_life_without_a_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("emulator.progress.SIGN_OF_LIFE_SECONDS", 0.01)
        file = io.StringIO()
        with step(Console(file=file, width=60), "Bake"):
            give_up = time.monotonic() + 10
            while "still" not in file.getvalue() and time.monotonic() < give_up:
                time.sleep(0.01)
        assert re.match(r"  Bake: still at it after \d s\n", file.getvalue())
