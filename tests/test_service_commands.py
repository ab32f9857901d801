"""The service's `make check`, `make format` and `make install`, as an owner and as the workflow runs them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from emulator.processes import CommandFailed
from emulator.service import Service
from tests.second_day.edit import Copy
from tests.second_day.outcome import NOT_COPIED

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("service")]

FAULTY = """\
import json
class Faulty:
    number: int = 'one'
"""


@pytest.fixture
def copy(installed: Service, tmp_path: Path) -> Copy:
    """A copy of the service that may be changed, with the environment of the original."""
    folder = tmp_path / installed.slug
    shutil.copytree(installed.folder, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
    environment = {"UV_PROJECT_ENVIRONMENT": str(installed.folder / ".venv"), "UV_NO_SYNC": "1"}
    return Copy(folder, environment)


def test_check_shows_the_faults_of_all_tools_at_once(copy: Copy) -> None:
    copy.write("config/faulty.py", FAULTY)
    copy.write(
        "notes/models.py",
        copy.read("notes/models.py").replace("max_length=200", "max_length=100"),
    )
    settings = copy.read("config/settings.py")
    no_pages = '\nREST_FRAMEWORK["DEFAULT_PAGINATION_CLASS"] = None\n'
    copy.write("config/settings.py", settings + no_pages)
    with pytest.raises(CommandFailed) as failure:
        copy.run("make", "check")
    for fault in (
        "`json` imported but unused",
        "would be reformatted",
        "Incompatible types in assignment",
        "Alter field title on note",
        "You have specified a default PAGE_SIZE pagination",
    ):
        assert fault in failure.value.output
    summary = failure.value.output.partition("Faults were found by:")[2]
    assert summary.count("uv run ") == 5


def test_format_mends_what_check_says_of_form(copy: Copy) -> None:
    form = 'CHECKS="ruff check ." "ruff format --check ."'
    copy.write("config/faulty.py", FAULTY.replace("'one'", "1"))
    with pytest.raises(CommandFailed) as failure:
        copy.run("make", "check", form)
    assert failure.value.output.partition("Faults were found by:")[2].count("uv run ") == 2
    copy.run("make", "format")
    copy.run("make", "check", form)


@pytest.mark.parametrize(
    ("fails", "named"), [("ruff check --no-such-option", True), ("python -c 1/0", False)]
)
def test_format_is_named_where_ruff_has_found_something(
    copy: Copy, fails: str, named: bool
) -> None:
    with pytest.raises(CommandFailed) as failure:
        copy.run("make", "check", f'CHECKS="{fails}"')
    assert f"Faults were found by:\n  uv run {fails}" in failure.value.output
    assert ("make format mends what ruff can mend." in failure.value.output) is named


def test_pre_commit_formats_the_owner_s_files_and_leaves_the_library_alone(copy: Copy) -> None:
    owned, vendored = "notes/faulty.py", "vendor/zappa-xray/zappa_xray/faulty.py"
    for path in (owned, vendored):
        copy.write(path, FAULTY)
    copy.run("git", "init", "--quiet")
    copy.run("git", "add", owned, vendored)
    pre_commit = f"{copy.environment['UV_PROJECT_ENVIRONMENT']}/bin/pre-commit"
    with pytest.raises(CommandFailed, match="files were modified by this hook"):
        copy.run(pre_commit, "run", "ruff-format")
    assert copy.read(owned) != FAULTY
    assert copy.read(vendored) == FAULTY


def test_the_workflow_s_install_wants_a_lock_and_takes_it_as_it_is(copy: Copy) -> None:
    here = {"UV_PROJECT_ENVIRONMENT": str(copy.folder / ".venv")}
    locked = Copy(copy.folder, {**here, "UV_LOCKED": "1"})
    locked.run("make", "install")
    pyproject = copy.read("pyproject.toml")
    copy.write("pyproject.toml", pyproject.replace('"whitenoise>=6.12,<7"', '"httpx"'))
    with pytest.raises(CommandFailed, match="lockfile"):
        locked.run("make", "install")
    copy.write("pyproject.toml", pyproject)
    (copy.folder / "uv.lock").unlink()
    with pytest.raises(CommandFailed, match="lockfile"):
        locked.run("make", "install")
    Copy(copy.folder, here).run("make", "install")
    assert (copy.folder / "uv.lock").exists()


@pytest.mark.parametrize("command", ["rollback", "undeploy", "manage", "logs"])
def test_settings_that_are_no_json_and_an_unknown_stage_are_a_sentence(
    copy: Copy, installed: Service, command: str
) -> None:
    (copy.folder / ".venv").symlink_to(installed.folder / ".venv")
    with pytest.raises(CommandFailed) as failure:
        copy.run("make", command, "STAGE=staging")
    assert "zappa_settings.json has no stage staging, but: dev, production." in failure.value.output
    copy.write("zappa_settings.json", copy.read("zappa_settings.json") + "}")
    with pytest.raises(CommandFailed) as failure:
        copy.run("make", command)
    assert "zappa_settings.json is not JSON: " in failure.value.output
    assert "Traceback" not in failure.value.output
