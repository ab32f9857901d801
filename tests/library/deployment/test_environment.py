import sys
from pathlib import Path
from typing import Any

import click
import pytest
from zappa_xray.deployment import environment
from zappa_xray.deployment.environment import prepare

from tests.library.deployment.conftest import AWS, stage

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
SECRETS = {
    "DATABASE_URL": "postgresql://notes:swordfish@db.example/notes",
    "DJANGO_SECRET_KEY": "open-sesame" * 5,
}
FROM_DEPLOYER = ["DATABASE_URL", "DJANGO_ALLOWED_HOSTS", "DJANGO_SECRET_KEY"]


@pytest.fixture(autouse=True)
def deployer(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployer with the secrets in the environment, an environment to package without tools."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DJANGO_ALLOWED_HOSTS", raising=False)
    monkeypatch.setenv("VIRTUAL_ENV", str(project / "packaged"))


def deployed_stage(**settings: Any) -> Any:
    settings = {"runtime": RUNTIME, "environment_from_deployer": FROM_DEPLOYER, **settings}
    return stage(**settings).cli


def refusal(cli: Any) -> str:
    with pytest.raises(click.ClickException) as refused:
        prepare(cli)
    message = str(refused.value)
    assert message.startswith("nothing was built or uploaded.\n- ")
    return message


def test_secrets_reach_the_function_and_no_screen(capsys: pytest.CaptureFixture[str]) -> None:
    cli = deployed_stage(aws_environment_variables={"IN_THE_FILE": "true"})
    prepare(cli)
    assert cli.aws_environment_variables == {"IN_THE_FILE": "true", **SECRETS}
    printed = capsys.readouterr().out
    assert "DATABASE_URL from your environment" in printed
    assert "swordfish" not in printed
    assert "sesame" not in printed


def test_the_stage_s_file_holds_any_variable_and_the_deployer_s_own_win(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / ".env.dev").write_text("DATABASE_URL=mysql://other@db/other\nANY_KEY='a b'\n")
    cli = deployed_stage(exclude=[".env*"])
    prepare(cli)
    assert cli.aws_environment_variables == {"ANY_KEY": "a b", **SECRETS}
    assert "  ANY_KEY from .env.dev\n" in capsys.readouterr().out


def test_a_variable_of_the_deployer_that_nobody_named_stays_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DJANGO_DEBUG", "true")
    cli = deployed_stage()
    prepare(cli)
    assert "DJANGO_DEBUG" not in cli.aws_environment_variables


def test_all_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.delenv(name)
    message = refusal(deployed_stage())
    for name in SECRETS:
        assert (
            f"- {name} is not set for this stage: put it into your environment or into .env.dev"
            in message
        )


def test_an_update_asks_only_for_what_the_function_lacks(
    aws: AWS, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    found = aws.stage(runtime=RUNTIME, environment_from_deployer=FROM_DEPLOYER, command="update")
    variables = {"DATABASE_URL": SECRETS["DATABASE_URL"]}
    deployed = {"Environment": {"Variables": variables}}
    aws.answers("lambda", "get_function_configuration", deployed, FunctionName="notes-dev")
    assert environment.pass_environment(found) == []


def test_an_update_of_what_is_not_deployed_says_so(aws: AWS) -> None:
    found = aws.stage(command="update")
    aws.refuses("lambda", "get_function_configuration", "ResourceNotFoundException")
    with pytest.raises(click.ClickException, match="notes-dev is not deployed yet: make deploy"):
        environment.pass_environment(found)


@pytest.mark.parametrize(
    ("variables", "settings", "fault"),
    [
        ({"DATABASE_URL": "sqlite:///db.sqlite3"}, {}, "DATABASE_URL is SQLite"),
        ({}, {"domain": "api.example.org"}, "does not hold the stage's domain api.example.org"),
        (
            {"DJANGO_ALLOWED_HOSTS": "other.example.org"},
            {"domain": "api.example.org"},
            "does not hold the stage's domain api.example.org",
        ),
        ({}, {"apigateway_enabled": False}, "behind a function without API Gateway has no default"),
        ({"AWS_SESSION_TOKEN": "x"}, {}, "Lambda sets AWS_SESSION_TOKEN itself"),
        ({"LARGE": "x" * 4096}, {}, "bytes, Lambda takes 4096"),
    ],
)
def test_an_environment_that_cannot_work_is_refused(
    variables: dict[str, str], settings: dict[str, Any], fault: str
) -> None:
    found = stage(**settings)
    [message] = environment.environment_faults(SECRETS | variables, found)
    assert fault in message


@pytest.mark.parametrize(
    ("variables", "settings"),
    [
        ({}, {}),
        ({"DJANGO_ALLOWED_HOSTS": "a.example, .example.org"}, {"domain": "api.example.org"}),
        ({"DJANGO_ALLOWED_HOSTS": "x"}, {"apigateway_enabled": False}),
        ({"AWS_XRAY_TRACING_NAME": "mine"}, {}),
    ],
)
def test_an_environment_that_works_is_let_through(
    variables: dict[str, str], settings: dict[str, Any]
) -> None:
    assert environment.environment_faults(SECRETS | variables, stage(**settings)) == []


def test_another_runtime_than_the_packaging_python_is_refused() -> None:
    assert "wants the runtime python3.9, but" in refusal(deployed_stage(runtime="python3.9"))


def test_development_tools_in_the_packaged_environment_are_refused(project: Path) -> None:
    packages = project / "packaged" / "lib" / RUNTIME / "site-packages"
    for name in ("pytest", "django"):
        (packages / f"{name}-1.0.dist-info").mkdir(parents=True)
        (packages / f"{name}-1.0.dist-info" / "METADATA").write_text(
            f"Name: {name}\nVersion: 1.0\n"
        )
    message = refusal(deployed_stage())
    assert "holds development tools (pytest): use make deploy STAGE=dev" in message


@pytest.mark.parametrize("name", [".env", ".env.production", "db.sqlite3", "notes/backup.db"])
def test_secrets_and_databases_about_to_be_packaged_are_refused(project: Path, name: str) -> None:
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).touch()
    assert f"the package would hold {name}:" in refusal(deployed_stage())
    prepare(deployed_stage(exclude=[".env*", "*.db", "*.sqlite3"]))
    prepare(deployed_stage(exclude_glob=["**/*.db", ".env*", "*.sqlite3"]))


def test_a_package_alone_needs_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.delenv(name)
    cli = deployed_stage(command="package")
    prepare(cli)
    assert cli.aws_environment_variables == {}


@pytest.mark.parametrize("command", ["undeploy", "rollback", "tail", "manage"])
def test_other_commands_are_let_through(command: str) -> None:
    cli = deployed_stage(command=command, runtime="python3.9")
    prepare(cli)
    assert cli.aws_environment_variables == {}
