"""The questions: what is a right answer, what is refused and how, and by which ways answers come in."""

from __future__ import annotations

import ast
import json
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from cookiecutter.generate import generate_context
from cookiecutter.prompt import prompt_for_config
from cookiecutter.utils import create_env_with_context
from hypothesis import given
from hypothesis import strategies as st
from pytest_cookies.plugin import Cookies

from tests.baking import TEMPLATE, Baked, Refused, bake
from tests.cookiecutter_command import command, generated

QUESTIONS = json.loads((TEMPLATE / "cookiecutter.json").read_text(encoding="utf-8"))
NAMES = [name for name in QUESTIONS if not name.startswith("_")]

RIGHT = {
    "project_name": [
        "Notes API",
        "주문 서비스",
        "注文サービス",
        "خدمة الطلبات",
        "שירות ההזמנות",
        "🚀 Rocket 👩‍🚀",
        "Café Müller & Söhne",
        "नोट्स सेवा",
        "O'Brien's \"best\" service",
        "C:\\new\\table",
        "$(touch executed) `touch executed` ; touch executed",
        "'''); import os; os.system('touch executed') #",
        '""" + open("executed", "w") + """',
        "{braces} %s {0} ${PATH} }} %} #}",
        "- [x] key: value, *anchor &alias !tag | > # not a comment",
        "x" * 100,
    ],
    "project_slug": ["a", "notes-api", "a1-b2-c3", "x" * 28, "con-sole", "compact"],
    "description": ["Short.", 'C\'est "ça" \\ 50 % & <b>more</b>', "설명 하나.", "x" * 250],
    "author_name": ["", "Jane Doe", "José Ñandú", 'O\'Brien \\ "Co" <a@example.org>', "x" * 100],
    "python_version": ["3.12", "3.13", "3.14"],
    "aws_region": ["eu-central-1", "us-east-1", "ap-southeast-7", "us-gov-west-1"],
    "s3_bucket": ["abc", "zappa-notes-api-abcdefgh", "my.bucket.1", "9to5", "x" * 63],
    "database": ["postgresql", "mysql"],
    "ci": ["github", "none"],
}

BLANKS = "must not begin or end with a blank"
BLANK = "must not be blank"
ONE_LINE = "must be one line, without control characters"
DIRECTION = "change the direction of the text unseen"
COMPUTED = "must be without {{ {% {#: cookiecutter computes these"
NOT_TEXT = "must be text"
SLUG = "must be lower-case letters a to z, digits and single dashes"
BUCKET = "must be lower-case letters a to z, digits, dashes and dots"
REGION = "must be a region's code, not its name"
PARTITION = "must be a region whose names begin with arn:aws:, or us-gov-west-1"

WRONG: dict[str, list[tuple[Any, str]]] = {
    "project_name": [
        ("", BLANK),
        (" \t ", BLANK),
        (" Notes", BLANKS),
        ("Notes ", BLANKS),
        ("x" * 101, "must have at most 100 characters, it has 101"),
        ("two\nlines", ONE_LINE),
        ("two\u2028lines", ONE_LINE),
        ("bell\a", ONE_LINE),
        ("nul\0", ONE_LINE),
        ("Notes \u202eIPA", DIRECTION),
        ("{{ 7 * 7 }}", COMPUTED),
        ("{% if true %}Notes{% endif %}", COMPUTED),
        ("Notes{# API #}", COMPUTED),
        (True, NOT_TEXT),
    ],
    "project_slug": [
        ("", SLUG),
        ("Notes", SLUG),
        ("notes_api", SLUG),
        ("notes api", SLUG),
        ("-notes", SLUG),
        ("notes-", SLUG),
        ("notes--api", SLUG),
        ("1notes", SLUG),
        ("주문", SLUG),
        (".", SLUG),
        ("..", SLUG),
        (".notes", SLUG),
        ("../notes", SLUG),
        ("../../notes", SLUG),
        ("a/b/c", SLUG),
        ("a\\b", SLUG),
        ("/tmp/notes", SLUG),
        ("~", SLUG),
        ("notes\n", SLUG),
        ("nul\0", SLUG),
        ("$(touch executed)", SLUG),
        ("x" * 29, "must have at most 28 characters, it has 29"),
        ("x" * 300, "must have at most 28 characters, it has 300"),
        ("con", "must not be a device's name"),
        ("lpt9", "must not be a device's name"),
    ],
    "description": [
        ("", BLANK),
        (" ", BLANK),
        ("x" * 251, "must have at most 250 characters, it has 251"),
        ("two\tcolumns", ONE_LINE),
        ("{{ cookiecutter }}", COMPUTED),
    ],
    "author_name": [
        (" ", BLANKS),
        ("x" * 101, "must have at most 100 characters, it has 101"),
        ("Jane\nDoe", ONE_LINE),
        ("{{ 'Jane' }}", COMPUTED),
        (None, NOT_TEXT),
    ],
    "aws_region": [
        ("", REGION),
        ("Frankfurt", REGION),
        ("eu-central", REGION),
        ("eu-central-1a", REGION),
        ("EU-CENTRAL-1", REGION),
        ("eu_central_1", REGION),
        ('eu-central-1", "x": "', REGION),
        ("cn-north-1", PARTITION),
        ("eusc-de-east-1", PARTITION),
        ("us-iso-east-1", PARTITION),
        ("us-gov-east-1", PARTITION),
        ("{{ 'eu-central-1' }}", COMPUTED),
    ],
    "s3_bucket": [
        ("", "must have 3 to 63 characters, it has 0"),
        ("ab", "must have 3 to 63 characters, it has 2"),
        ("x" * 64, "must have 3 to 63 characters, it has 64"),
        ("My-Bucket", BUCKET),
        ("my_bucket", BUCKET),
        ("-bucket", BUCKET),
        ("bucket-", BUCKET),
        (".bucket", BUCKET),
        ("s3://bucket", BUCKET),
        ("my..bucket", "must not hold two dots in a row, nor look like an IP address"),
        ("192.168.5.4", "must not hold two dots in a row, nor look like an IP address"),
        ("xn--bucket", "must not begin with xn--, sthree-, amzn-s3-demo-"),
        ("sthree-bucket", "must not begin with xn--, sthree-, amzn-s3-demo-"),
        ("bucket-s3alias", "must not end with -s3alias, --ol-s3, .mrap, --x-s3, --table-s3"),
        ("bucket--ol-s3", "must not end with -s3alias, --ol-s3, .mrap, --x-s3, --table-s3"),
    ],
}
CHOICES = ["python_version", "database", "ci"]


def together(examples: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return answers to give at once, until each example was given: a bake runs the hook, a process."""
    most = max(map(len, examples.values()))
    return [
        {question: rows[number] for question, rows in examples.items() if number < len(rows)}
        for number in range(most)
    ]


@pytest.fixture(scope="session")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's questions and check with a service of one file: quick to bake."""
    template = tmp_path_factory.mktemp("questions") / "template"
    [service] = TEMPLATE.glob("*cookiecutter.*}}")
    (template / service.name).mkdir(parents=True)
    (template / service.name / "README.md").write_text("# {{ cookiecutter.project_name }}\n")
    (template / "hooks").mkdir()
    shutil.copy(TEMPLATE / "cookiecutter.json", template)
    shutil.copy(TEMPLATE / "hooks/pre_gen_project.py", template / "hooks")
    return template


@pytest.fixture(autouse=True)
def nothing_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail when an answer, each of which would make a file of this name, was executed."""
    monkeypatch.chdir(tmp_path)
    yield
    assert not list(tmp_path.rglob("executed"))


def everything_below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_every_question_has_examples_and_a_human_sentence() -> None:
    assert len(NAMES) <= 10
    assert list(RIGHT) == NAMES
    assert sorted([*WRONG, *CHOICES]) == sorted(NAMES)
    assert list(QUESTIONS["__prompts__"]) == NAMES
    for name, prompt in QUESTIONS["__prompts__"].items():
        labels = prompt if isinstance(prompt, dict) else {"__prompt__": prompt}
        assert " " in labels.pop("__prompt__")
        assert list(labels) == (QUESTIONS[name] if name in CHOICES else [])


def test_the_hook_and_the_questions_offer_the_same_choices() -> None:
    validators = {name: validate for name, validate, _ in hook()["VALIDATORS"]}
    assert list(validators) == NAMES
    for name in CHOICES:
        assert [validators[name](choice) for choice in QUESTIONS[name]] == [None] * len(
            QUESTIONS[name]
        )
        assert validators[name]("other") == "must be one of " + ", ".join(QUESTIONS[name])


def test_the_examples_in_the_messages_are_right_answers() -> None:
    examples = {name: example for name, _, example in hook()["VALIDATORS"]}
    assert list(hook(answered(**examples))["find_mistakes"]()) == []


@pytest.mark.parametrize("answers", together(RIGHT))
def test_right_answers_are_taken_as_typed(
    answers: dict[str, str], questions: Path, cookies_session: Cookies
) -> None:
    baked = bake(cookies_session, questions, **answers)
    assert {question: baked.context[question] for question in answers} == answers
    assert baked.read("README.md") == f"# {baked.context['project_name']}\n"


@pytest.mark.parametrize("wrong", together(WRONG))
def test_wrong_answers_are_refused_each_with_its_reason_and_leave_nothing(
    wrong: dict[str, tuple[Any, str]], questions: Path, cookies: Cookies, tmp_path: Path
) -> None:
    with pytest.raises(Refused) as refusal:
        bake(cookies, questions, **{question: answer for question, (answer, _) in wrong.items()})
    message = str(refusal.value)
    count = "1 answer needs" if len(wrong) == 1 else f"{len(wrong)} answers need"
    assert f"Nothing was generated: {count} another look." in message
    for question, (answer, reason) in wrong.items():
        _, asked, rest = message.partition(f"  {question}: {answer!r}\n    ")
        assert asked, message
        said, _, example = rest.partition("\n\n")[0].partition("\n")
        assert reason in said
        assert example.startswith("    for example: ")
    assert [path for path in everything_below(tmp_path) if path.name != "bake00"] == [
        tmp_path / "cookies"
    ]


@pytest.mark.parametrize("question", CHOICES)
def test_an_answer_that_is_no_choice_is_refused(
    question: str, questions: Path, cookies: Cookies, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=f"other provided for choice variable {question}"):
        bake(cookies, questions, **{question: "other"})
    assert everything_below(tmp_path) == [tmp_path / "cookies"]


def test_all_mistakes_are_in_one_message(questions: Path, cookies: Cookies) -> None:
    with pytest.raises(Refused) as refusal:
        bake(
            cookies,
            questions,
            project_name=" ",
            project_slug="../Orders",
            aws_region="Seoul",
            s3_bucket="Orders",
            author_name="A\nB",
        )
    message, _, _ = str(refusal.value).partition("This asks again")
    assert (
        message
        == """
Nothing was generated: 5 answers need another look.

  project_name: ' '
    must not be blank
    for example: Order Service

  project_slug: '../Orders'
    must be lower-case letters a to z, digits and single dashes, begin with a letter and not end \
with a dash
    for example: order-service

  author_name: 'A\\nB'
    must be one line, without control characters
    for example: Jane Doe

  aws_region: 'Seoul'
    must be a region's code, not its name
    for example: eu-central-1

  s3_bucket: 'Orders'
    must be lower-case letters a to z, digits, dashes and dots, with a letter or a digit at both \
ends
    for example: zappa-order-service-k3x9q2ma

"""
    )


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Notes API", "notes-api"),
        ("주문 서비스", "jumun-seobiseu"),
        ("Café Müller", "cafe-muller"),
        ("🚀", "api"),
        ("---", "api"),
        ("2024 Budget", "api-2024-budget"),
        ("Con", "api-con"),
        ("A very long name that goes on and on and on", "a-very-long-name-that"),
        ("Donaudampfschifffahrtsgesellschaft", "donaudampfschifffahrtsge"),
    ],
)
def test_the_slug_follows_from_the_name(name: str, slug: str) -> None:
    assert answered(project_name=name)["project_slug"] == slug


@given(st.text(min_size=1, max_size=100))
def test_whatever_the_name_what_follows_from_it_is_right(name: str) -> None:
    with_jinja = any(mark in name for mark in ("{{", "{%", "{#"))
    answers = answered() if with_jinja else answered(project_name=name)
    wrong = {question for question, *_ in hook(answers)["find_mistakes"]()}
    assert wrong <= {"project_name"}


PRINTABLE = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=100
).filter(lambda text: not any(mark in text for mark in ("{{", "{%", "{#")))


@given(PRINTABLE)
def test_quoted_answers_read_as_typed_in_each_language_that_holds_them(text: str) -> None:
    answers = answered(project_name=text, description=text, author_name=text)
    assert ast.literal_eval(answers["__project_name_quoted"]) == text
    assert json.loads(answers["__description_quoted"]) == text
    assert tomllib.loads(f"description = {answers['__description_quoted']}") == {
        "description": text
    }
    assert tomllib.loads(f"name = {answers['__author_name_quoted']}") == {"name": text}


def answered(**answers: Any) -> dict[str, Any]:
    """Return cookiecutter's context for `answers` and the defaults."""
    context = generate_context(str(TEMPLATE / "cookiecutter.json"), extra_context=answers)
    return dict(prompt_for_config(context, no_input=True))


def hook(answers: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the names in the rendered pre-generation hook."""
    context = {"cookiecutter": answers or answered()}
    source = (TEMPLATE / "hooks/pre_gen_project.py").read_text(encoding="utf-8")
    rendered = create_env_with_context(context).from_string(source).render(**context)
    names: dict[str, Any] = {"__name__": "pre_gen_project"}
    exec(compile(rendered, "pre_gen_project.py", "exec"), names)  # noqa: S102  our own hook
    return names


# The command itself, in a process of its own.


def heading(folder: Path, slug: str) -> str:
    return (folder / slug / "README.md").read_text(encoding="utf-8").splitlines()[0]


def test_without_input_the_defaults_make_a_service(tmp_path: Path) -> None:
    finished = command("--no-input", folder=tmp_path)
    assert generated(tmp_path) == ["notes-api"]
    assert "Notes API is in notes-api/" in finished.stdout
    assert "  make install " in finished.stdout
    assert finished.stderr == ""


def test_answers_on_the_command_line(tmp_path: Path) -> None:
    command("--no-input", "project_name=주문 서비스", "ci=none", folder=tmp_path)
    assert generated(tmp_path) == ["jumun-seobiseu"]
    assert heading(tmp_path, "jumun-seobiseu") == "# 주문 서비스"
    assert not (tmp_path / "jumun-seobiseu/.github").exists()


def test_answers_from_a_configuration_file_and_their_replay(tmp_path: Path) -> None:
    config = tmp_path / ".config.yaml"
    config.write_text(
        f"replay_dir: {json.dumps(str(tmp_path / '.replay'))}\n"
        "default_context:\n"
        "  project_name: 'O''Brien\\ \"orders\"'\n"
        "  database: mysql\n"
        "  python_version: '3.12'\n",
        encoding="utf-8",
    )
    command("--no-input", "--config-file", str(config), folder=tmp_path)
    first = Baked(tmp_path / "o-brien-orders", {}).files()
    assert heading(tmp_path, "o-brien-orders") == '# O\'Brien\\ "orders"'
    assert first[".python-version"] == b"3.12\n"

    shutil.rmtree(tmp_path / "o-brien-orders")
    command("--replay", "--config-file", str(config), folder=tmp_path)
    assert Baked(tmp_path / "o-brien-orders", {}).files() == first


def test_answers_typed_at_the_prompts(tmp_path: Path) -> None:
    typed = ["Order Service", "", "Takes 'orders' \\o/", "Jane", "3", "us-east-1", "", "2", "2"]
    finished = command(folder=tmp_path, answers="\n".join(typed) + "\n")
    assert generated(tmp_path) == ["order-service"]
    assert "[1/9] What is the service called?" in finished.stdout
    assert "2 - MySQL or MariaDB" in finished.stdout
    service = tmp_path / "order-service"
    assert (service / ".python-version").read_text() == "3.12\n"
    project = tomllib.loads((service / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["description"] == "Takes 'orders' \\o/"
    assert not (service / ".github").exists()


def test_a_service_may_have_the_name_of_a_library_that_it_uses(cookies: Cookies) -> None:
    service = bake(cookies, project_name="Django")
    project = tomllib.loads(service.read("pyproject.toml"))["project"]
    names = {re.split(r"[\[>]", requirement)[0] for requirement in project["dependencies"]}
    assert "django" in names
    assert project["name"] not in names


def test_jinja_typed_at_the_prompt_is_refused_as_well(tmp_path: Path) -> None:
    finished = command(folder=tmp_path, answers="{{ 7 * 7 }}\n" + "\n" * 8, expect=1)
    assert "project_name: '{{ 7 * 7 }}'" in finished.stderr
    assert generated(tmp_path) == []


def test_a_refusal_ends_with_exit_code_1_and_no_error_of_the_hook(tmp_path: Path) -> None:
    finished = command("--no-input", "project_slug=../x", "s3_bucket=X", folder=tmp_path, expect=1)
    printed = finished.stdout + finished.stderr
    assert "Nothing was generated: 2 answers need another look." in finished.stderr
    assert "pre_gen_project.py" not in printed
    # Cookiecutter logs each hook that fails with its own traceback, which no hook can keep it from.
    frames = [line for line in printed.splitlines() if line.startswith("  File ")]
    assert all("cookiecutter" in frame for frame in frames)
    assert generated(tmp_path) == []


@pytest.mark.parametrize("answer", ["{{", "{% raw %}", "{{ unknown }}", "{{ 1 / 0 }}"])
def test_broken_jinja_is_refused_by_cookiecutter_itself(tmp_path: Path, answer: str) -> None:
    command("--no-input", f"project_name={answer}", folder=tmp_path, expect=1)
    assert generated(tmp_path) == []


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "notes-api/mine"
    mine.parent.mkdir()
    mine.write_text("mine")
    finished = command("--no-input", folder=tmp_path, expect=1)
    assert "directory already exists" in finished.stdout
    command("--no-input", "-f", "aws_region=Frankfurt", folder=tmp_path, expect=1)
    assert [path.name for path in mine.parent.iterdir()] == ["mine"]
    assert mine.read_text() == "mine"


def test_a_replay_that_was_edited_by_hand_is_checked_too(tmp_path: Path) -> None:
    command("--no-input", folder=tmp_path)
    shutil.rmtree(tmp_path / "notes-api")
    [replay] = (tmp_path / ".cookiecutter_replay").glob("*.json")
    record = json.loads(replay.read_text(encoding="utf-8"))
    record["cookiecutter"]["database"] = "oracle"
    record["cookiecutter"]["project_slug"] = "Orders"
    replay.write_text(json.dumps(record), encoding="utf-8")
    finished = command("--replay", folder=tmp_path, expect=1)
    assert "must be one of postgresql, mysql" in finished.stderr
    assert "project_slug: 'Orders'" in finished.stderr
    assert generated(tmp_path) == []
