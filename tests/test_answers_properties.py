"""Whatever is typed is refused with question and rule, or reads exactly as typed in a service whose
files all parse and are as the formatter writes them."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from cookiecutter.main import cookiecutter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.baking import TEMPLATE, Baked
from tests.test_answers import answered, hook

LONGEST = {
    "project_name": 100,
    "project_slug": 28,
    "description": 250,
    "author_name": 100,
    "aws_region": 30,
    "s3_bucket": 63,
}
JINJA = ("{{", "{%", "{#")
# What means something to Python, TOML, JSON, YAML, Markdown, make, a shell, Windows or a file system.
FRAGMENTS = [
    *("'", '"', "'''", '"""', "\\", "\\n", "\\u0041", "\n", "\r", "\t", "\0", "\x1b[31m", "\u2028"),
    *("{", "}", "{{", "{%", "{#", "${x}", "%s", "%(x)s", "{0}", "{x!r}", "f'{x}'"),
    *("$(touch executed)", "`touch executed`", "; touch executed", "| tee executed", "&& x", "$$"),
    *("#", ":", ": ", "- ", "* ", "&", "!", "[", "]", ",", "=", "<b>", "-->", "|", ">", "@", "~"),
    *("null", "true", "yes", "0x10", "1e3", "2024-01-01", "NaN", "__import__('os')", "eval(x)"),
    *("..", "../", "/", "C:\\", ".", "-", "--", "CON", "nul", "lpt1", " ", "  ", "a", "Z", "0"),
    *(
        "\u202e",
        "\u2066",
        "\u200f",
        "\ufeff",
        "e\u0301",
        "é",
        "ß",
        "İ",
        "주",
        "خ",
        "नि",
        "👩\u200d🚀",
    ),
]


def texts(longest: int) -> st.SearchStrategy[str]:
    """Any text, and text made of what is dangerous somewhere; also longer than allowed."""
    fragments = st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join)
    ascii_slug = st.from_regex("[a-z0-9.-]{1,70}", fullmatch=True)
    return st.one_of(fragments, ascii_slug, st.text(max_size=longest + 5))


def mistakes(**answers: str) -> list[tuple[Any, ...]]:
    """Return what the hook finds wrong: question, answer, reason, example."""
    return list(hook(answered(**answers))["find_mistakes"]())


@pytest.mark.slow
@pytest.mark.parametrize("question", LONGEST)
@given(data=st.data())
@settings(deadline=None)
def test_any_text_is_taken_or_refused_with_its_question_and_rule(
    question: str, data: st.DataObject
) -> None:
    # Cookiecutter computes these before any hook runs; tests/test_answers.py has them.
    plain = texts(LONGEST[question]).filter(lambda text: not any(mark in text for mark in JINJA))
    answer = data.draw(plain)
    found = [wrong for wrong in mistakes(**{question: answer}) if wrong[0] == question]
    for _, shown, reason, example in found:
        assert shown == re.sub("\r\n?", "\n", answer)  # as Jinja has it
        assert reason.startswith("must ")
        assert mistakes(**{question: example}) == []
    assert len(found) <= 1


def without_what_is_refused(text: str) -> str:
    """Return `text` without control characters, unseen directions, Jinja and outer blanks."""
    unseen = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    refused = ("Cc", "Cs", "Zl", "Zp")
    kept = (one for one in text if unicodedata.category(one) not in refused and one not in unseen)
    return re.sub(r"\{+([{%#])", r"\1", "".join(kept)).strip() or "one"


def taken(question: str) -> st.SearchStrategy[str]:
    """Nasty answers that the hook takes."""
    pieces = st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=10))
    joined = st.lists(pieces, min_size=1, max_size=12).map("".join)
    return joined.map(lambda text: without_what_is_refused(text[: LONGEST[question]]))


ANSWERS = st.fixed_dictionaries(
    {question: taken(question) for question in ("project_name", "description", "author_name")}
)


@pytest.mark.slow
def test_what_is_taken_reads_as_typed_in_clean_code(tmp_path: Path) -> None:
    root = tmp_path / "services"
    root.mkdir()

    @given(answers=ANSWERS)
    @settings(
        max_examples=30,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.explicit, Phase.generate],  # each example bakes: shrinking would take minutes
    )
    def bake_and_read(answers: dict[str, str]) -> None:
        reads_as_typed(answers, root)

    bake_and_read()
    assert len(list(root.iterdir())) >= 20
    for command in (["format", "--check"], ["check"]):
        finished = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", str(root)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr


def reads_as_typed(answers: dict[str, str], root: Path) -> None:
    """Bake a service with `answers` in a folder of its own below `root` and read them back."""
    assert mistakes(**answers) == []
    folder = root / str(len(list(root.iterdir())))
    folder.mkdir()
    baked = cookiecutter(
        str(TEMPLATE),
        no_input=True,
        extra_context={"project_slug": "svc", **answers},
        output_dir=str(folder),
        default_config={"replay_dir": str(root.parent / "replays")},
    )
    service = Baked(Path(baked), {})

    heading, _, description = service.read("README.md").splitlines()[:3]
    assert (heading, description) == (f"# {answers['project_name']}", answers["description"])
    project = tomllib.loads(service.read("pyproject.toml"))["project"]
    assert project["description"] == answers["description"]
    assert project["authors"] == [{"name": answers["author_name"]}]
    stages = json.loads(service.read("zappa_settings.json"))
    assert stages["dev"]["lambda_description"] == answers["description"]
    read = ast.walk(ast.parse(service.read("config/settings.py")))
    strings = {node.value for node in read if isinstance(node, ast.Constant)}
    assert answers["project_name"] in strings

    for path in service.files():
        # Python files may be in a newer Python's syntax than this one's: ruff reads them, below.
        if path.endswith((".yml", ".yaml")):
            yaml.safe_load(service.read(path))
        elif path.endswith(".json"):
            json.loads(service.read(path))
    assert list(root.rglob("executed")) == []
    assert not Path("executed").exists()
