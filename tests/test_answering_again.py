"""After a refusal the right answers are not lost: the message holds a command that gives them again."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.baking import TEMPLATE, Baked
from tests.cookiecutter_command import command, generated, run_at_home

INTRODUCTION = "This asks again, with all other answers filled in:\n\n"
RIGHT = {
    "project_name": "O'Brien's \"orders\" 주문",
    "project_slug": "orders",
    "description": "Takes $HOME `orders` \\ 50 %!",
    "author_name": "",
    "python_version": "3.12",
    "aws_region": "ap-northeast-2",
    "s3_bucket": "the-bucket-of-orders",
    "database": "mysql",
    "ci": "none",
}
QUESTIONS = list(RIGHT)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a POSIX shell takes the command")


def given(answers: dict[str, str]) -> list[str]:
    return [f"{question}={answer}" for question, answer in answers.items()]


def command_in(message: str) -> str:
    """Return the command that a refusal tells of."""
    _, found, rest = message.partition(INTRODUCTION)
    assert found, message
    return rest.splitlines()[0].strip()


def follow(line: str, folder: Path, typed: dict[str, str]) -> None:
    """Give a shell the command; type `typed`, and Enter at each other question."""
    python = Path(sys.executable)
    local = f'cookiecutter() {{ {shlex.quote(str(python))} -m cookiecutter "$@"; }}\n'
    lines = [typed.get(question, "") for question in QUESTIONS]
    run_at_home(["sh", "-c", local + line], folder=folder, answers="\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the right answers, by path."""
    folder = tmp_path_factory.mktemp("right")
    command("--no-input", *given(RIGHT), folder=folder)
    return Baked(folder / "orders", {}).files()


@pytest.mark.parametrize(
    "wrong",
    [
        {"aws_region": "Seoul"},
        {"project_name": " "},
        {"project_slug": "../Orders", "s3_bucket": "Orders"},
        {"description": "two\nlines", "author_name": "Jane\tDoe"},
    ],
    ids=lambda wrong: "-".join(wrong),
)
def test_the_command_of_a_refusal_asks_again_with_the_right_answers_filled_in(
    wrong: dict[str, str], right: dict[str, bytes], tmp_path: Path
) -> None:
    refusal = command("--no-input", *given(RIGHT | wrong), folder=tmp_path, expect=1)
    corrected = {question: RIGHT[question] for question in wrong}
    follow(command_in(refusal.stderr), tmp_path, corrected)
    assert generated(tmp_path) == ["orders"]
    assert Baked(tmp_path / "orders", {}).files() == right


def test_the_command_holds_answers_that_were_typed(tmp_path: Path) -> None:
    typed = [RIGHT["project_name"], "", "Short.", "", "3", "Seoul", "", "2", "2"]
    refusal = command(folder=tmp_path, answers="\n".join(typed) + "\n", expect=1)
    again = shlex.split(command_in(refusal.stderr))
    slug = "o-brien-s-orders-jumun"
    bucket = again.pop(again.index(f"project_slug={slug}") + 4)
    assert bucket.startswith(f"s3_bucket=zappa-{slug}-")
    assert again == [
        *("cookiecutter", str(TEMPLATE), f"project_name={RIGHT['project_name']}"),
        *(f"project_slug={slug}", "description=Short.", "author_name=", "python_version=3.12"),
        *("database=mysql", "ci=none"),
    ]


@pytest.mark.parametrize(
    ("wrong", "left_out"),
    [
        ({"project_name": " "}, {"project_name", "project_slug", "s3_bucket"}),
        ({"project_name": " ", "project_slug": "orders"}, {"project_name", "s3_bucket"}),
        ({"project_slug": "Orders"}, {"project_slug", "s3_bucket"}),
        ({"s3_bucket": "Orders"}, {"s3_bucket"}),
    ],
)
def test_what_was_computed_from_a_wrong_answer_is_not_given_again(
    wrong: dict[str, str], left_out: set[str], tmp_path: Path
) -> None:
    refusal = command("--no-input", *given(wrong), folder=tmp_path, expect=1)
    again = shlex.split(command_in(refusal.stderr))
    assert {one.partition("=")[0] for one in again if "=" in one} == set(QUESTIONS) - left_out


GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
GIT |= {f"GIT_{role}_NAME": "Test" for role in ("AUTHOR", "COMMITTER")}
GIT |= {f"GIT_{role}_EMAIL": "test@example.org" for role in ("AUTHOR", "COMMITTER")}


def commit_all(folder: Path) -> None:
    for line in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "x"]):
        subprocess.run(["git", *line], cwd=folder, env=os.environ | GIT, check=True, timeout=60)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The template's questions and check as they are here, in a repository of their own."""
    folder = tmp_path / "template.git"  # cookiecutter looks for "git" in the address
    (folder / "hooks").mkdir(parents=True)
    [service] = TEMPLATE.glob("*cookiecutter.*}}")
    (folder / service.name).mkdir()
    (folder / service.name / "README.md").write_text("# {{ cookiecutter.project_name }}\n")
    for part in ("cookiecutter.json", "hooks/pre_gen_project.py"):
        (folder / part).write_bytes((TEMPLATE / part).read_bytes())
    commit_all(folder)
    return folder


def test_the_command_says_which_version_and_where_to(repository: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    chosen = ["--checkout", "HEAD", "--output-dir", str(elsewhere), f"file://{repository}"]
    line = [sys.executable, "-m", "cookiecutter", "--no-input", *chosen, "aws_region=Seoul"]
    refusal = run_at_home(line, folder=tmp_path, expect=1)
    assert shlex.split(command_in(refusal.stderr))[:6] == ["cookiecutter", *chosen]


def refused_with(tmp_path: Path, **environment: str) -> str:
    """Return the command of a refusal in a shell whose environment holds `environment`."""
    line = ["env", *given(environment), sys.executable, "-m", "cookiecutter", "--no-input"]
    refusal = run_at_home([*line, str(TEMPLATE), "aws_region=Seoul"], folder=tmp_path, expect=1)
    return command_in(refusal.stderr)


def test_who_started_cookiecutter_with_uvx_gets_uvx_again(tmp_path: Path) -> None:
    least = json.loads((TEMPLATE / "cookiecutter.json").read_text("utf-8"))["_least_cookiecutter"]
    again = refused_with(tmp_path, UV="/usr/bin/uv")
    assert again.startswith(f"uvx 'cookiecutter>={least}' {TEMPLATE} ")
    assert refused_with(tmp_path).startswith(f"cookiecutter {TEMPLATE} ")


def cruft(*arguments: str, folder: Path, answers: str = "", expect: int = 0) -> str:
    line = ["env", *given(GIT), sys.executable, "-m", "cruft", *arguments]
    finished = run_at_home(line, folder=folder, answers=answers, expect=expect)
    return finished.stdout + finished.stderr


def test_a_refusal_under_cruft_tells_of_cruft(repository: Path, tmp_path: Path) -> None:
    answers = json.dumps(RIGHT | {"aws_region": "Seoul"})
    create = ["create", str(repository), "--extra-context"]
    printed = cruft(*create, answers, "--no-input", folder=tmp_path, expect=1)
    again = shlex.split(command_in(printed))
    assert again[:4] == ["cruft", *create]
    assert json.loads(again[4]) == {
        question: answer for question, answer in RIGHT.items() if question != "aws_region"
    }
    lines = ["ap-northeast-2" if question == "aws_region" else "" for question in QUESTIONS]
    cruft(*again[1:], folder=tmp_path, answers="\n".join(lines) + "\n")
    record = json.loads((tmp_path / "orders/.cruft.json").read_text(encoding="utf-8"))
    kept = record["context"]["cookiecutter"]
    assert {question: kept[question] for question in QUESTIONS} == RIGHT


def test_a_refused_update_needs_no_such_command(repository: Path, tmp_path: Path) -> None:
    cruft("create", str(repository), "--no-input", folder=tmp_path)
    service = tmp_path / "notes-api"
    commit_all(service)
    wrong = json.dumps({"aws_region": "Seoul"})
    update = ["update", "--skip-apply-ask", "--variables-to-update", wrong]
    printed = cruft(*update, folder=service, expect=1)
    assert "aws_region: 'Seoul'" in printed
    assert INTRODUCTION not in printed
