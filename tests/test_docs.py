"""What the documents promise is what is there: commands, settings, checks, annotations, transcript."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_cookies.plugin import Cookies

from emulator.processes import run
from tests.baking import TEMPLATE, Baked, bake
from upkeep import transcript

Once = Callable[[str, Callable[[Path], object]], Path]

DOCUMENTS = ("README.md", "CONTRIBUTING.md")
MANUAL = "vendor/zappa-xray/README.md"
README = (TEMPLATE / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def service(cookies_session: Cookies) -> Baked:
    return bake(cookies_session)


def targets(makefile: str) -> set[str]:
    """Return the targets that `make` without one lists."""
    return set(re.findall(r"^([a-z-]+):[^#\n]*## ", makefile, re.MULTILINE))


def named(text: str) -> set[str]:
    """Return the targets of each `make ...` that stands in code in a Markdown text."""
    code = re.findall(r"`(make [^`]+)`", text)
    for block in re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
        code += re.findall(r"(?:^|&& )\s*(make .*)", block, re.MULTILINE)
    without_comments = [re.sub(r"\s#.*| && .*|\"[^\"]*\"", "", command) for command in code]
    words = [word for command in without_comments for word in command.split()[1:]]
    return {word for word in words if re.fullmatch("[a-z-]+", word)}


def section(text: str, heading: str) -> str:
    """Return what stands below a heading, to the next one of its level."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)
    [found] = [part for part in parts if part.startswith(heading + "\n")]
    return found


def table(text: str) -> dict[str, list[str]]:
    """Return the rows of the tables in a text by the code in their first cell."""
    rows = [line.strip().strip("|").split(" | ") for line in text.splitlines() if line[:3] == "| `"]
    return {match[1]: row for row in rows if (match := re.search("`([^`]+)`", row[0]))}


def test_commands_are_found_in_text_and_blocks() -> None:
    text = "`make run` `make deploy STAGE=dev`\n\n```\nmake install run   # make no-target\n```\n"
    assert named(text) == {"run", "deploy", "install"}


def test_the_template_s_commands_are_those_of_its_makefile() -> None:
    existing = targets((TEMPLATE / "Makefile").read_text(encoding="utf-8"))
    texts = [(TEMPLATE / name).read_text(encoding="utf-8") for name in DOCUMENTS]
    described = {command for text in texts for command in table(text) if command[:5] == "make "}
    assert {command.split()[1] for command in described} == existing - {"help"}
    # The transcript and the section about the service tell of the service's own commands.
    of_the_service = targets((TEMPLATE / transcript.SERVICE / "Makefile").read_text("utf-8"))
    for text in texts:
        assert named(text) <= existing | of_the_service


def test_the_service_s_commands_are_those_of_its_makefile(service: Baked) -> None:
    existing = targets(service.read("Makefile"))
    readme = service.read("README.md")
    commands = table(section(readme, "Commands"))
    assert set(commands) == {"make"} | {f"make {target}" for target in existing - {"help"}}
    assert named(readme) <= existing
    assert named(service.read("PRODUCTION.md")) <= existing


def test_every_command_has_a_phony_target(service: Baked) -> None:
    for makefile in (service.read("Makefile"), (TEMPLATE / "Makefile").read_text("utf-8")):
        [phony] = re.findall(r"^\.PHONY: (.*)", makefile, re.MULTILINE)
        assert targets(makefile) <= set(phony.split())


def test_the_service_s_manage_commands_exist(service: Baked) -> None:
    own = {path.split("/")[-1][:-3] for path in service.files() if "/management/commands/" in path}
    own -= {"__init__"}
    django = {
        "createsuperuser",
        "drf_create_token",
        "check",
        "makemigrations",
        "migrate",
        "startapp",
    }
    for document in ("README.md", "PRODUCTION.md", MANUAL):
        named_ones = set(re.findall(r"manage\.py ([a-z_]+)", service.read(document)))
        assert named_ones
        assert named_ones <= own | django


def test_one_screen_leads_to_the_first_trace(service: Baked) -> None:
    before_the_commands = service.read("README.md").partition("\n## Commands\n")[0]
    assert "/__traces__/" in before_the_commands
    assert len(before_the_commands.splitlines()) <= 40


def test_the_first_week_tells_what_an_owner_does_in_it(service: Baked) -> None:
    told = section(service.read("README.md"), "Your first week")
    for matter in (
        *("git init", "uv.lock", "pre-commit install", "make superuser", "make token"),
        *("startapp", "@task", "events", "MultiPartParser", "django-cors-headers"),
        *("djangorestframework-simplejwt", '"extends": "dev"', "project_name"),
    ):
        assert matter in told


def environment_variables(source: str) -> set[str]:
    """Return the names that settings.py reads: env.str("NAME"), and the keys it requires."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env."):
            names |= {
                argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant)
            }
    return {name for name in names if isinstance(name, str)}


def test_the_settings_table_is_what_the_settings_read(service: Baked) -> None:
    read = environment_variables(service.read("config/settings.py"))
    assert "DATABASE_URL" in read
    described = table(section(service.read("README.md"), "Settings"))
    assert {name for name in described if name.isupper()} == read


def test_the_example_environment_names_every_setting(service: Baked) -> None:
    read = environment_variables(service.read("config/settings.py"))
    example = set(re.findall(r"^# ([A-Z_]+)=", service.read(".env.example"), re.MULTILINE))
    assert example == read


def test_the_required_settings_are_marked_as_such(service: Baked) -> None:
    required = [
        ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(service.read("config/settings.py")))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "required"
    ]
    described = table(section(service.read("README.md"), "Settings"))
    marked = {name for name, row in described.items() if "required" in row[1]}
    assert marked == set(required[0])


def constants(source: str, pattern: str) -> set[str]:
    return set(re.findall(rf'^[A-Z_]+ = "({pattern})"$', source, re.MULTILINE))


def test_the_table_of_checks_is_the_library_s(service: Baked) -> None:
    sources = [text for path, text in texts(service).items() if path.startswith("vendor/")]
    ids = {name for text in sources for name in constants(text, r"tracing\.[EWI]\d{3}")}
    assert ids
    described = table(service.read(MANUAL))
    assert {name for name in described if name.startswith("tracing.")} == ids


def literal(source: str, name: str) -> dict[str, object]:
    """Return the value that a module gives to `name`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            value: dict[str, object] = ast.literal_eval(node.value)
            return value
    raise LookupError(name)


def test_the_table_of_tracing_s_settings_has_each_with_its_value(service: Baked) -> None:
    settings = literal(service.read("config/settings.py"), "XRAY_TRACING")
    rows = table(service.read(MANUAL))
    described = {
        name: ast.literal_eval(rows[name][1].strip().strip("`"))
        for name in settings
        if name in rows
    }
    assert described == settings


def test_the_table_of_annotations_is_what_is_recorded(service: Baked) -> None:
    described = {
        name
        for name, row in table(section(service.read(MANUAL), "Reading a trace")).items()
        if "annotation." in row[-1]
    }
    sources = [text for path, text in texts(service).items() if is_of_tracing(path)]
    recorded = {
        name
        for name in described
        if any(f'"{name}": ' in source or f'annotations["{name}"]' in source for source in sources)
    }
    assert described >= {"route", "method", "status", "stage", "timed_out"}
    assert recorded == described


def is_of_tracing(path: str) -> bool:
    return path.startswith("vendor/zappa-xray/zappa_xray/tracing/")


def texts(service: Baked) -> dict[str, str]:
    return {
        path: content.decode("utf-8")
        for path, content in service.files().items()
        if path.endswith(".py")
    }


def test_the_questions_are_those_of_the_template() -> None:
    questions = json.loads((TEMPLATE / "cookiecutter.json").read_text(encoding="utf-8"))
    rows = table(section(README, "The questions"))
    assert list(rows) == [name for name in questions if not name.startswith("_")]
    for name in ("project_name", "aws_region"):
        assert rows[name][1].strip() == questions[name]
    for name in ("python_version", "database", "ci"):
        assert rows[name][1].strip() == questions[name][0]
        assert all(choice in " ".join(rows[name][1:]) for choice in questions[name])


def test_the_folders_that_documents_name_exist(service: Baked) -> None:
    listed = set(table(section(service.read("README.md"), "What is here")))
    folders = {path.split("/")[0] + "/" for path in service.files() if "/" in path}
    assert {name for name in listed if name.endswith("/")} == {
        folder for folder in folders if not folder.startswith(".")
    }


def test_links_between_documents_lead_somewhere(service: Baked) -> None:
    for folder, text in (
        *(
            (TEMPLATE, (TEMPLATE / name).read_text(encoding="utf-8"))
            for name in (*DOCUMENTS, "SECURITY.md")
        ),
        (service.folder, service.read("README.md")),
        (service.folder, service.read("PRODUCTION.md")),
        (service.folder / "vendor/zappa-xray", service.read(MANUAL)),
    ):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (folder / target).exists(), target


@pytest.mark.slow
@pytest.mark.xdist_group("demo")
def test_the_transcript_is_what_the_demo_prints(demonstrated: str) -> None:
    printed = transcript.transcript(demonstrated)
    for document, text in (
        (transcript.WHOLE.read_text(encoding="utf-8"), printed),
        (README, transcript.last_chapter(printed)),
    ):
        assert "SIGKILL" in text
        assert transcript.structure(transcript.in_document(document)) == transcript.structure(text)


def test_the_structure_of_a_transcript_is_without_what_each_run_makes_anew() -> None:
    one = """✓ Bake with Python 3.13 1.2 s
  make deploy: still at it after 10 s
trace 1-6b0320ee-0aa271bb7913c23d13ad3b3f
└── segment 4303d068ad82835e  14.6 ms (base.py:360)

What next

  Run it: cd /tmp/x
"""
    other = one.replace("1.2 s", "12 s").replace("3.13", "3.12").replace("14.6 ms", "1.4 s")
    other = other.replace("4303d068ad82835e", "0" * 16).replace(":360", ":361")
    other = re.sub("  make.*\n", "", other)
    first, second = (transcript.structure(transcript.transcript(text)) for text in (one, other))
    assert first == second
    assert "What next" not in first
    changed = one.replace("segment", "subsegment")
    assert transcript.structure(transcript.transcript(changed)) != first


def test_a_transcript_comes_out_of_a_readme_as_it_went_in() -> None:
    readme = "# A\n\n<!-- transcript -->\n<!-- /transcript -->\n\n## B\n"
    text = "✓ one \\1 {{ }}\n"
    written = transcript.with_transcript(readme, text)
    assert transcript.in_document(written) == text
    assert transcript.with_transcript(written, text) == written
    assert written.startswith("# A\n\n<!--")
    assert written.endswith("-->\n\n## B\n")
    with pytest.raises(ValueError, match="no code block"):
        transcript.in_document(readme)
    with pytest.raises(ValueError, match="no marks"):
        transcript.with_transcript("# A\n", text)


def test_make_without_a_target_prints_the_commands(service: Baked) -> None:
    for folder in (TEMPLATE, service.folder):
        printed = run(["make", "--no-print-directory"], folder=folder, timeout=60)
        listed = set(re.findall(r"^  make ([a-z-]+) ", printed, re.MULTILINE))
        assert listed == targets((folder / "Makefile").read_text(encoding="utf-8"))
    printed_for_the_longest_name = printed.replace(service.folder.name, "x" * 28)
    assert [line for line in printed_for_the_longest_name.splitlines() if len(line) > 80] == []
