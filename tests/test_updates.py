"""A service made with cruft from an older release takes over the template's changes and keeps its own.

The releases are a git repository of the test's own: the last one is this working tree, the older
one is the last tag, and this working tree with a few things changed back.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from emulator.processes import CommandFailed, run
from emulator.service import TEMPLATE, Service
from tests.compiled import hand_on
from tests.releases import (
    SERVICE,
    commit,
    create,
    cruft,
    git,
    lay_out_commit,
    lay_out_working_tree,
    replace,
    repository_of,
)

ANSWERS = {"project_name": "O'Brien's \"orders\" 주문", "project_slug": "orders", "ci": "none"}


def lay_out_working_tree_changed_back(repository: Path) -> None:
    """Lay out what an earlier release could have been: lines, files and a derived value differ."""
    lay_out_working_tree(repository)
    service = repository / SERVICE
    replace(service / "config/settings.py", '"PAGE_SIZE": 50,', '"PAGE_SIZE": 25,')
    replace(service / "README.md", "## Cleaning up", "## Tidying")
    (service / ".env.example").unlink()
    (service / "config/legacy.py").write_text("# Taken out in the next release.\n")
    replace(repository / "cookiecutter.json", '"python{{ cookiecutter', '"python-{{ cookiecutter')


def lay_out_last_tag(repository: Path) -> None:
    """Lay out the last release. Skips the test before the first one."""
    try:
        tag = git("describe", "--tags", "--abbrev=0", folder=TEMPLATE).strip()
    except CommandFailed:
        pytest.skip("the template has no tag yet")
    lay_out_commit(tag, repository)


OLDER_RELEASES = [
    pytest.param(lay_out_working_tree_changed_back, id="changed-back"),
    pytest.param(lay_out_last_tag, id="last-tag"),
]


@pytest.fixture(params=OLDER_RELEASES)
def template(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A repository of the template with the tags `older` and `newer`, at `newer`."""
    releases = {"older": request.param, "newer": lay_out_working_tree}
    return repository_of(releases, tmp_path / "template")


@pytest.fixture
def service(template: Path, tmp_path: Path) -> Service:
    """A service of the older release, in a git repository of its own."""
    return create(template, "older", ANSWERS, tmp_path)


def recorded(service: Service) -> dict[str, str]:
    """Return the answers in .cruft.json."""
    record = json.loads((service.folder / ".cruft.json").read_text(encoding="utf-8"))
    context: Mapping[str, str] = record["context"]["cookiecutter"]
    return {name: value for name, value in context.items() if not name.startswith("_")}


def bake_release(tag: str, template: Path, answers: Mapping[str, str], folder: Path) -> Path:
    """Bake a release with cookiecutter itself and return the service's folder."""
    git("checkout", "--quiet", tag, folder=template)
    folder.mkdir()
    given = [f"{name}={value}" for name, value in answers.items()]
    command = [sys.executable, "-m", "cookiecutter", "--no-input", "--default-config"]
    run([*command, "--output-dir", str(folder), str(template), *given], folder=folder, timeout=60)
    return folder / answers["project_slug"]


def files(folder: Path) -> dict[str, bytes]:
    kept = (".git/", ".venv/", ".cruft.json")
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {
        name: path.read_bytes()
        for name, path in paths.items()
        if path.is_file() and not name.startswith(kept)
    }


def change_as_an_owner_would(service: Service) -> set[str]:
    """Change, add and delete files; return the paths of them all."""
    replace(service.folder / "config/settings.py", '"user": "600/min"', '"user": "90/min"')
    with (service.folder / "README.md").open("a", encoding="utf-8") as readme:
        readme.write("\n## Who is on call\n\nAda.\n")
    (service.folder / "orders").mkdir()
    (service.folder / "orders/__init__.py").write_text("")
    (service.folder / ".pre-commit-config.yaml").unlink()
    commit("Make it ours", folder=service.folder)
    return {"config/settings.py", "README.md", "orders/__init__.py", ".pre-commit-config.yaml"}


def test_the_answers_are_recorded_and_cruft_bakes_as_cookiecutter_does(
    template: Path, service: Service, tmp_path: Path
) -> None:
    answers = recorded(service)
    questions = json.loads((template / "cookiecutter.json").read_text(encoding="utf-8"))
    assert set(answers) == {name for name in questions if not name.startswith("_")}
    assert {name: answers[name] for name in ANSWERS} == ANSWERS

    baked = bake_release("older", template, answers, tmp_path / "baked")
    assert files(baked) == files(service.folder)


@pytest.mark.slow
def test_an_update_brings_what_is_new_and_keeps_what_is_the_owner_s(
    template: Path, service: Service, packaged: Service, tmp_path: Path
) -> None:
    answers = recorded(service)
    owners = change_as_an_owner_would(service)
    differences = cruft("diff", folder=service.folder)
    assert differences.count('"user": "90/min"') == 1
    assert "Who is on call" in differences

    with pytest.raises(CommandFailed) as outdated:
        cruft("check", folder=service.folder)
    assert "out of date" in outdated.value.output
    cruft("update", "--skip-apply-ask", folder=service.folder)
    assert "up to date" in cruft("check", folder=service.folder)

    assert recorded(service) == answers
    newer = files(bake_release("newer", template, answers, tmp_path / "newer"))
    updated = files(service.folder)
    assert [path for path in updated if path.endswith((".rej", ".orig"))] == []
    untouched = (set(newer) | set(updated)) - owners
    assert {path: updated.get(path) for path in untouched} == {
        path: newer.get(path) for path in untouched
    }
    settings = updated["config/settings.py"].decode()
    assert '"user": "90/min"' in settings
    assert settings.replace('"90/min"', '"600/min"') == newer["config/settings.py"].decode()
    assert updated["README.md"] == newer["README.md"] + b"\n## Who is on call\n\nAda.\n"
    assert ".pre-commit-config.yaml" not in updated

    service.install()
    hand_on(packaged, service)
    assert re.search(r"= \d+ passed in ", service.make("test"))
    with zipfile.ZipFile(service.package()) as package:
        assert "config/settings.py" in package.namelist()
        assert ".cruft.json" not in package.namelist()


@pytest.mark.slow
@pytest.mark.parametrize("template", OLDER_RELEASES[:1], indirect=True)
def test_lines_that_both_changed_are_left_to_the_owner(service: Service) -> None:
    replace(service.folder / "config/settings.py", '"PAGE_SIZE": 25,', '"PAGE_SIZE": 10,')
    commit("Make pages smaller", folder=service.folder)
    cruft("update", "--skip-apply-ask", folder=service.folder)
    left = "".join(
        path.read_text(encoding="utf-8") for path in service.folder.glob("config/settings.py*")
    )
    assert '"PAGE_SIZE": 10,' in left
    assert '"PAGE_SIZE": 50,' in left


@pytest.mark.slow
@pytest.mark.parametrize("template", OLDER_RELEASES[:1], indirect=True)
def test_an_answer_can_be_changed_with_an_update(service: Service) -> None:
    new = json.dumps({"description": "Takes orders."})
    cruft("update", "--skip-apply-ask", "--variables-to-update", new, folder=service.folder)
    assert recorded(service)["description"] == "Takes orders."
    assert '"Takes orders."' in (service.folder / "pyproject.toml").read_text(encoding="utf-8")
