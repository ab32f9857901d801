"""A service of 0.1.0 is taken over by the letter of CHANGELOG.md: its own commands, in its order."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator import events
from emulator.daemon import Daemon
from emulator.function import Function
from emulator.processes import CommandFailed, clean_environment, run
from emulator.service import TEMPLATE, Service
from tests.compiled import hand_on
from tests.first_owners import OWNERS, conflicts, of_an_earlier_release
from tests.releases import (
    GIT,
    commit,
    create,
    git,
    lay_out_commit,
    lay_out_working_tree,
    repository_of,
)

FIRST_RELEASE = "28d219fafdc0d49847b80eafe92b504db5e29a0f"
BY_HAND = re.compile(
    r"^### For an owner of a 0\.1\.0 service, by hand\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL
)
COMMANDS = re.compile(r"^( *)```\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def commands() -> Iterator[str]:
    """Yield each block of commands that the CHANGELOG gives an owner of 0.1.0."""
    [section] = BY_HAND.findall((TEMPLATE / "CHANGELOG.md").read_text(encoding="utf-8"))
    for _, block in COMMANDS.findall(section):
        yield textwrap.dedent(block)


def follow(block: str, service: Service, uvx: Path, first: Service) -> str:
    """Run a block of commands in the service's folder and return what they printed.

    Once they have installed the service it is given what `first` has compiled.
    """
    path = os.pathsep.join([str(uvx.parent), clean_environment()["PATH"]])
    environment = {**GIT, "PATH": path}
    printed = ""
    for commands in re.split(r"(?<=^make install\n)", block, flags=re.MULTILINE):
        printed += run(["sh", "-ec", commands], folder=service.folder, environment=environment)
        if commands.endswith("make install\n"):
            hand_on(first, service)
    return printed


@pytest.fixture
def uvx(tmp_path: Path) -> Path:
    """A uvx that runs the tools of this environment: those that the template's tests have pinned."""
    command = tmp_path / "bin/uvx"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nHOME="{tmp_path}" exec "{sys.executable}" -m "$@"\n')
    command.chmod(0o755)
    return command


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A repository of the template with the tags v0.1.0 and v0.2.0, the second this working tree."""
    try:
        git("cat-file", "-e", f"{FIRST_RELEASE}^{{commit}}", folder=TEMPLATE)
    except CommandFailed:
        pytest.skip("this is a shallow clone, without the commit of 0.1.0: git fetch --unshallow")
    releases = {
        "v0.1.0": lambda folder: lay_out_commit(FIRST_RELEASE, folder),
        "v0.2.0": lay_out_working_tree,
    }
    return repository_of(releases, tmp_path / "template")


@pytest.mark.slow
@pytest.mark.parametrize("name", OWNERS)
def test_the_changelog_leads_a_service_of_the_first_release_to_this_one(
    name: str, template: Path, uvx: Path, packaged: Service, tmp_path: Path
) -> None:
    owner = OWNERS[name]
    service = create(template, "v0.1.0", owner.answers, tmp_path)
    owner.works(service.folder)
    commit("Make it ours", folder=service.folder)
    assert of_an_earlier_release(service)

    steps = list(commands())
    assert "cruft update" in steps[1]
    printed = [follow(block, service, uvx, packaged) for block in steps[:2]]
    assert "Retrying again with a different update strategy" not in printed[1]
    owner.settles(service.folder)
    printed += [follow(block, service, uvx, packaged) for block in steps[2:]]

    assert not of_an_earlier_release(service)
    assert re.search(r"= \d+ passed in ", "".join(printed))
    assert "Package created: dist/notes-api-dev.zip" in "".join(printed)
    assert conflicts(service.folder) == set()
    assert list(service.folder.glob("**/*.rej")) == []
    assert git("status", "--porcelain", folder=service.folder) == ""
    assert '"memory_size": 2048' in (service.folder / "zappa_settings.json").read_text()
    if name == "app":
        body, parts = answer_of_the_package(service, tmp_path, "/api/orders/")
        assert body == '["A1"]'
        assert "orders.views.numbers" in parts


def answer_of_the_package(service: Service, folder: Path, path: str) -> tuple[str, set[str]]:
    """Return what the packaged function answers, and the names of the parts below the request."""
    variables = {"DJANGO_SECRET_KEY": "x" * 50, "DATABASE_URL": "sqlite:////tmp/none.sqlite3"}
    package = service.unpack(folder / "unpacked")
    with (
        Daemon() as daemon,
        Function(package, daemon.address, python=service.python, environment=variables) as function,
    ):
        trace, parent = events.trace_id(), "53995c3f42cd8ad8"
        header = events.trace_header(trace, parent=parent)
        response = function.request("GET", path, trace_header=header)
        sent = daemon.of_trace(trace)
    [request] = {document["id"] for document in sent if document["parent_id"] == parent}
    parts = {document["name"] for document in sent if document["parent_id"] == request}
    return response["body"], parts
