"""The least cookiecutter bakes; an older one, such as Debian's 1.7.3, says which one is needed."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.processes import run, uv_binary
from tests.baking import TEMPLATE
from tests.cookiecutter_command import command, generated

Once = Callable[[str, Callable[[Path], object]], Path]
Old = Callable[[str], Path]

LEAST = json.loads((TEMPLATE / "cookiecutter.json").read_text("utf-8"))["_least_cookiecutter"]
SENTENCE = f"this template needs cookiecutter {LEAST} or newer, this is "


@pytest.fixture(scope="session")
def cookiecutter(once: Once) -> Old:
    """Return the command of a cookiecutter of the version that is asked for."""

    def install(version: str) -> Path:
        def make(folder: Path) -> None:
            uv, python = str(uv_binary()), str(folder / "bin/python")
            run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], folder=folder)
            wanted = f"cookiecutter=={version}"
            run([uv, "pip", "install", "--quiet", "--python", python, wanted], folder=folder)

        return once(f"cookiecutter-{version}", make) / "bin/cookiecutter"

    return install


def test_the_readme_s_command_names_the_least_version() -> None:
    readme = (TEMPLATE / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"cookiecutter>=([0-9.]+)", readme)) == {LEAST}


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.7.3", "2.1.1", "2.2.3"])
def test_an_older_one_says_which_is_needed_and_leaves_nothing(
    version: str, cookiecutter: Old, tmp_path: Path
) -> None:
    old = [str(cookiecutter(version))]
    finished = command("--no-input", folder=tmp_path, cookiecutter=old, expect=1)
    assert f"Nothing was generated: {SENTENCE}{version}.\n" in finished.stderr
    assert f"  uvx 'cookiecutter>={LEAST}' {TEMPLATE}\n" in finished.stderr
    assert "another look" not in finished.stderr
    assert generated(tmp_path) == []


@pytest.mark.slow
def test_1_7_says_it_at_the_second_question_already(cookiecutter: Old, tmp_path: Path) -> None:
    old = [str(cookiecutter("1.7.3"))]
    finished = command(folder=tmp_path, answers="Orders\n", cookiecutter=old, expect=1)
    assert finished.stdout.startswith(
        "project_name [Notes API]: project_slug"
        f" [This template needs cookiecutter {LEAST} or newer - stop here with Ctrl-C]: "
    )
    assert "Traceback" not in finished.stdout + finished.stderr
    assert generated(tmp_path) == []


@pytest.mark.slow
def test_the_least_one_asks_with_sentences_and_bakes(cookiecutter: Old, tmp_path: Path) -> None:
    least = [str(cookiecutter(LEAST))]
    finished = command(folder=tmp_path, answers="Orders\n" + "\n" * 8, cookiecutter=least)
    assert "[1/9] What is the service called?" in finished.stdout
    assert "2 - MySQL or MariaDB" in finished.stdout
    assert generated(tmp_path) == ["orders"]


@pytest.mark.slow
def test_the_least_one_refuses_as_the_newest_does(cookiecutter: Old, tmp_path: Path) -> None:
    least = [str(cookiecutter(LEAST))]
    wrong = ["project_name={{ 7 * 7 }}", "aws_region=Seoul"]
    finished = command("--no-input", *wrong, folder=tmp_path, cookiecutter=least, expect=1)
    assert "Nothing was generated: 2 answers need another look." in finished.stderr
    assert "project_name: '{{ 7 * 7 }}'" in finished.stderr
    assert "This asks again, with all other answers filled in:" in finished.stderr
    assert generated(tmp_path) == []
