"""The service's dependencies: the oldest and newest that its ranges allow, the next Django, and the
tools that keep them fresh."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from emulator.service import TEMPLATE, Service, bake, offered_python
from tests.choices import Once, packaged, uv
from tests.databases import MariaDB, PostgreSQL, Server, need
from upkeep import freshness
from upkeep.freshness import Action, NotAnswered, Requirement

TEXT = freshness.PYPROJECT.read_text(encoding="utf-8")


def declared(tmp_path: Path) -> set[str]:
    """Return the names in the pyproject.toml of the services that the template bakes."""
    names = set()
    for database in ("postgresql", "mysql"):
        service = bake(tmp_path / database, {"database": database})
        project = tomllib.loads((service.folder / "pyproject.toml").read_text(encoding="utf-8"))
        listed = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
        own = set(project["tool"]["uv"]["sources"])  # lie in the service itself
        names |= {re.split(r"[\[>]", line)[0] for line in listed} - own
    return names


def test_each_dependency_of_the_service_is_looked_at(tmp_path: Path) -> None:
    found = [requirement.name for requirement in freshness.requirements(TEXT)]
    assert set(found) == declared(tmp_path)
    assert len(found) == len(set(found))


def test_each_dependency_of_the_library_that_has_an_end_is_looked_at() -> None:
    text = freshness.LIBRARY.read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    extras = project["optional-dependencies"].values()
    declared = [*project["dependencies"], *(line for extra in extras for line in extra)]
    with_an_end = [line for line in declared if "<" in line]
    assert "aws-xray-sdk" in " ".join(with_an_end)
    found = freshness.requirements(text)
    assert [f"{one.name}>={one.lowest},<{one.limit}" for one in found] == with_an_end


def test_each_action_is_looked_at_and_pinned() -> None:
    for folder in freshness.WORKFLOWS:
        for file in freshness.workflows(folder):
            text = file.read_text(encoding="utf-8")
            used = [line for line in text.splitlines() if "uses:" in line and "./" not in line]
            assert used or "uses:" not in text
            assert [line for line in used if not freshness.ACTION.search(line)] == []
    assert {action.name for action in freshness.actions()} >= {"actions/checkout"}


@pytest.mark.parametrize(
    ("lowest", "limit", "newest", "moved"),
    [
        ("3.18", "3.19", "3.20.1", ("3.20", "3.21")),
        ("2.15", "3", "3.1.4", ("3.1", "4")),
        ("2.15", "3", "26", ("26.0", "27")),
        ("0.63", "0.64", "1.0", ("1.0", "1.1")),
        ("5.2.19", "5.3", "6.2.1", ("6.2", "6.3")),
    ],
)
def test_a_range_moves_to_the_newest_release_and_stays_as_wide(
    lowest: str, limit: str, newest: str, moved: tuple[str, str]
) -> None:
    requirement = Requirement("one", lowest, limit)
    assert not requirement.allows(newest)
    assert requirement.moved_to(newest) == Requirement("one", *moved)
    assert requirement.moved_to(newest).allows(newest)
    assert requirement.widened_to(newest) == Requirement("one", lowest, moved[1])


def test_only_ranges_that_leave_the_newest_release_out_are_written() -> None:
    text = """
dependencies = [
    "allowed>=2.15,<3",
    "behind[extra]>=3.18,<3.19",
{%- if cookiecutter.database == "mysql" %}
    "kept>=5.2.19,<5.3", # the LTS
{%- endif %}
]
"""
    newest = {"allowed": "2.99.1", "behind": "4.0.2", "kept": "6.1.3"}
    assert freshness.changed(text, newest, Requirement.moved_to) == text.replace(
        ">=3.18,<3.19", ">=4.0,<4.1"
    )
    assert freshness.changed(text, newest, Requirement.widened_to) == text.replace(
        ">=3.18,<3.19", ">=3.18,<4.1"
    )


def test_the_newest_tag_of_an_action_and_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org"]
    repository = tmp_path / "owner" / "action"
    subprocess.run([*git, "init", "--quiet", str(repository)], check=True)
    for tag in ("v1.9.0", "v1.10.0", "v2", "v2.0.0-beta"):
        commit = ["commit", "--quiet", "--allow-empty", "--message", tag]
        subprocess.run([*git, *commit], cwd=repository, check=True)
        subprocess.run(
            [*git, "tag", "--annotate", "--message", tag, tag], cwd=repository, check=True
        )
    monkeypatch.setattr(freshness, "GITHUB", f"{tmp_path}/")
    commit_of = ["git", "rev-parse", "v1.10.0^{commit}"]
    wanted = subprocess.check_output(commit_of, cwd=repository, text=True).strip()
    assert freshness.newest_tag("owner/action") == Action("owner/action", wanted, "v1.10.0")
    with pytest.raises(NotAnswered, match="owner/none"):
        freshness.newest_tag("owner/none")

    workflow = tmp_path / "workflows/test.yml"
    workflow.parent.mkdir()
    old = Action("owner/action", "0" * 40, "v1.9.0")
    uses = "    - uses: owner/action@{0}\n    - uses: owner/action/in/a-folder@{0}\n"
    workflow.write_text(uses.format(f"{old.commit} # v1.9.0"))
    monkeypatch.setattr(freshness, "WORKFLOWS", (workflow.parent,))
    assert freshness.actions((workflow.parent,)) == [old]
    assert "v1.10.0" in freshness.report_action(old, write=False)
    assert old.commit in workflow.read_text()
    freshness.report_action(old, write=True)
    assert workflow.read_text() == uses.format(f"{wanted} # v1.10.0")


def named(pyproject: Path) -> set[str]:
    return {one.name for one in freshness.requirements(pyproject.read_text(encoding="utf-8"))}


def test_an_index_that_says_nothing_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    silent = tmp_path / "uv"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(0o755)
    monkeypatch.setattr("uv.find_uv_bin", lambda: str(silent))
    monkeypatch.setattr(freshness, "LONGEST_SECONDS", 0.1)
    assert freshness.main([]) == 1
    assert capsys.readouterr().err == "The package index did not answer: nothing came in 0.1 s\n"


def git(*arguments: str, folder: Path) -> str:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    return subprocess.check_output(["git", *who, *arguments], cwd=folder, text=True)


def a_github(folder: Path, tag: str) -> dict[str, str]:
    """Lay out below `folder` a repository with this tag for each action; return git's environment that takes
    them for GitHub's."""
    released = folder / "released"
    git("init", "--quiet", str(released), folder=folder)
    git("commit", "--quiet", "--allow-empty", "--message", tag, folder=released)
    git("tag", tag, folder=released)
    for action in freshness.actions():
        (folder / action.name).parent.mkdir(parents=True, exist_ok=True)
        (folder / action.name).symlink_to(released)
    instead = {"KEY_0": f"url.file://{folder}/.insteadOf", "VALUE_0": freshness.GITHUB}
    return {
        "GIT_CONFIG_COUNT": "1",
        **{f"GIT_CONFIG_{name}": value for name, value in instead.items()},
    }


@pytest.mark.slow
def test_the_command_tells_of_each_one(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "upkeep.freshness"],
        cwd=TEMPLATE,
        env=os.environ | a_github(tmp_path, "v999.1.0"),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    printed = [line for line in finished.stdout.splitlines() if line]
    of_the_library = {line.split()[0] for line in printed if line.endswith(" (library)")}
    lines = {line.split()[0]: line for line in printed if not line.endswith(" (library)")}
    assert of_the_library == named(freshness.LIBRARY)
    actions = {action.name for action in freshness.actions()}
    assert set(lines) == named(freshness.PYPROJECT) | actions
    assert all("v999.1.0" in lines[action] for action in actions)
    assert re.search(r"^django +>=5\.2\.\d+,<5\.3 +\S+ +(allowed|kept: the LTS)", lines["django"])


def test_renovate_sees_inside_the_service_s_folder() -> None:
    settings = json.loads((TEMPLATE / ".github/renovate.json").read_text(encoding="utf-8"))
    [manager] = settings["customManagers"]
    [files], [text] = manager["managerFilePatterns"], manager["matchStrings"]
    path = freshness.PYPROJECT.relative_to(TEMPLATE).as_posix()
    assert re.search(files.strip("/"), path)
    found = {
        match["depName"]: match["currentValue"]
        for match in re.finditer(text.replace("(?<", "(?P<"), TEXT)
    }
    assert found == {
        requirement.name: f">={requirement.lowest},<{requirement.limit}"
        for requirement in freshness.requirements(TEXT)
    }


def test_renovate_widens_the_library_s_ranges() -> None:
    settings = json.loads((TEMPLATE / ".github/renovate.json").read_text(encoding="utf-8"))
    # The preset passes over every folder called vendor, and the second line over the service.
    assert settings["ignorePresets"] == [":ignoreModulesAndTests"]
    service = freshness.PYPROJECT.relative_to(TEMPLATE).as_posix()
    assert settings["pep621"]["ignorePaths"] == [service]
    [rule] = [rule for rule in settings["packageRules"] if "matchFileNames" in rule]
    assert rule["rangeStrategy"] == "widen"
    [pattern] = rule["matchFileNames"]
    assert freshness.LIBRARY.relative_to(TEMPLATE).match(pattern)


def test_dependabot_looks_at_all_that_the_service_pins() -> None:
    path = freshness.SERVICE / ".github/dependabot.yml"
    updates = yaml.safe_load(path.read_text(encoding="utf-8"))["updates"]
    assert {update["package-ecosystem"] for update in updates} == {"uv", "github-actions"}


def install_and_test(service: Service, environment: dict[str, str], venv: Path) -> str:
    """Install `service` into `venv` and run its tests; return what is installed, a line for each package.

    What another service of nearly the same packages has left in `venv` is brought to what this one asks for.
    """
    environment = environment | {"UV_PROJECT_ENVIRONMENT": str(venv)}
    service.make("install", environment=environment)
    printed = service.make("test", environment=environment)
    assert re.search(r"= \d+ passed in ", printed), printed
    return uv("pip", "freeze", "--python", str(venv / "bin/python"), folder=service.folder)


@pytest.fixture(scope="session")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment for services that differ in their driver of a database."""
    return tmp_path_factory.mktemp("environment") / "venv"


@pytest.mark.slow
@pytest.mark.xdist_group("lowest versions")
@pytest.mark.parametrize("database", ["postgresql", "mysql"])
def test_the_service_works_with_the_lowest_versions_of_its_ranges(
    database: str, venv: Path, tmp_path: Path
) -> None:
    answers = {"database": database, "python_version": offered_python()}
    service = bake(tmp_path, answers)
    installed = install_and_test(service, {"UV_RESOLUTION": "lowest-direct"}, venv)
    project = tomllib.loads((service.folder / "pyproject.toml").read_text(encoding="utf-8"))
    ranges = [line for line in project["project"]["dependencies"] if ">=" in line]
    assert len(ranges) > 5
    for requirement in ranges:
        [(name, lowest)] = re.findall(r"^([a-z0-9-]+).*>=([0-9.]+),", requirement)
        assert re.search(rf"^{name}=={re.escape(lowest)}(\.0)*$", installed, re.MULTILINE), name


@pytest.mark.slow
def test_every_other_test_uses_the_highest_versions(once: Once) -> None:
    service = packaged(once, offered_python(), "postgresql")
    lock = tomllib.loads((service.folder / "uv.lock").read_text(encoding="utf-8"))
    assert "resolution-mode" not in lock.get("options", {})


@pytest.mark.slow
@pytest.mark.xdist_group("lowest versions")  # what it shares with them is not installed again
@pytest.mark.parametrize("kind", [PostgreSQL, MariaDB], ids=lambda kind: kind.__name__)
def test_the_service_works_with_the_next_django(
    kind: type[Server], venv: Path, tmp_path: Path
) -> None:
    need(kind)
    service = bake(tmp_path, {"database": kind.kind, "python_version": offered_python()})
    pyproject = service.folder / "pyproject.toml"
    text = pyproject.read_text(encoding="utf-8")
    next_one = re.sub(r'"django>=5[0-9.]+,<5\.3"', '"django>=6.1,<6.2"', text)
    assert next_one != text
    pyproject.write_text(next_one, encoding="utf-8")
    with kind() as server:
        installed = install_and_test(service, {"DATABASE_URL": server.url}, venv)
    assert "\ndjango==6.1" in installed
