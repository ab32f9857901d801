"""What the settings hook refuses, before anything is built."""

import sys
from pathlib import Path
from typing import Any

import click
import pytest
from zappa_xray.deployment import deployed
from zappa_xray.deployment.before_deploy import prepare
from zappa_xray.deployment.stage import CallFailed, Stage

from tests.library.deployment.conftest import stage, write
from tests.library.deployment.test_architecture import elf

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
# What the checks need, of a service without a database.
SETTINGS = """SECRET_KEY = "x"
INSTALLED_APPS = ["django.contrib.staticfiles"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["pages"]}]
"""


@pytest.fixture(autouse=True)
def folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service's folder, and an environment to package without tools."""
    monkeypatch.setenv("VIRTUAL_ENV", str(project / "packaged"))
    write(project, {"service_settings.py": SETTINGS, "jobs.py": "def nightly(event, context): ..."})


def zappa_cli(**settings: Any) -> Any:
    own = {"runtime": RUNTIME, "django_settings": "service_settings", "xray_tracing": True}
    events = [{"function": "jobs.nightly", "expression": "rate(1 day)"}]
    return stage(**{**own, "timeout_seconds": 35, "events": events, **settings}).cli


def refusal(cli: Any) -> str:
    with pytest.raises(click.ClickException) as refused:
        prepare(cli)
    message = str(refused.value)
    assert message.startswith("nothing was built or uploaded.\n- ")
    return message


@pytest.fixture(autouse=True)
def nothing_is_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there, and what is done about it, is the matter of tests/deploys."""
    monkeypatch.setattr(deployed, "look", lambda _stage: deployed.Deployed(False, "", False))
    monkeypatch.setattr("zappa_xray.deployment.before_deploy.guard", lambda *_: None)


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service's own code has no fault; where this is not said, it is looked into by a process."""
    monkeypatch.setattr("zappa_xray.deployment.before_deploy.stage_faults", lambda _cli: [])


@pytest.mark.parametrize("command", ["deploy", "package"])
def test_a_stage_without_a_fault_is_prepared(command: str) -> None:
    cli = zappa_cli(command=command)
    whole_folder = cli.zappa.create_lambda_zip
    prepare(cli)
    assert cli.zappa.create_lambda_zip is not whole_folder


@pytest.mark.usefixtures("checked")
def test_a_topic_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def call(_stage: Stage, service: str, operation: str, **_: Any) -> dict[str, Any]:
        assert (service, operation) == ("sns", "get_topic_attributes")
        raise CallFailed("Topic does not exist", "NotFound")

    monkeypatch.setattr(Stage, "call", call)
    topic = "arn:aws:sns:eu-central-1:123456789012:everybody"
    message = refusal(zappa_cli(xray_alarms={"sns_topic_arn": topic}))
    assert f"- xray_alarms names a topic that is not there: {topic}. Make it, or" in message


@pytest.mark.usefixtures("checked")
def test_another_runtime_than_the_packaging_python_is_refused() -> None:
    assert "wants the runtime python3.9, but" in refusal(zappa_cli(runtime="python3.9"))


@pytest.mark.usefixtures("checked")
def test_development_tools_in_the_packaged_environment_are_refused(project: Path) -> None:
    packages = project / "packaged" / "lib" / RUNTIME / "site-packages"
    for name in ("pytest", "django"):
        metadata = f"Name: {name}\nVersion: 1.0\n"
        write(packages, {f"{name}-1.0.dist-info/METADATA": metadata})
    message = refusal(zappa_cli())
    assert "holds development tools (pytest): use make deploy STAGE=dev" in message


@pytest.mark.usefixtures("checked")
def test_packages_for_another_processor_are_refused(project: Path) -> None:
    library = project / "packaged" / "lib" / RUNTIME / "site-packages" / "fast.so"
    library.parent.mkdir(parents=True)
    library.write_bytes(elf(62))
    prepare(zappa_cli())
    message = refusal(zappa_cli(architecture="arm64"))
    assert "the function runs on arm64, and cannot load fast.so (for x86_64)" in message


@pytest.mark.parametrize("command", ["deploy", "package"])
def test_faults_of_all_kinds_are_named_at_once(project: Path, command: str) -> None:
    write(project, ["notes/__init__.py", "notes/db.sqlite3", "pages/base.html"])
    events = [{"function": "jobs.nihgtly", "expression": "rate(1 day)"}]
    message = refusal(
        zappa_cli(
            command=command,
            events=events,
            timeout_seconds=30,
            include=["ca.pem"],
            slim_handler=True,
            aws_region="cn-north-1",
        )
    )
    for fault in (
        "- `include` in zappa_settings.json names 'ca.pem': that is not in this folder\n",
        "- these look like secrets or databases and would be packaged: notes/db.sqlite3.",
        "events names jobs.nihgtly, but jobs has no nihgtly (perhaps nightly?). Correct its spell",
        "- TEMPLATES names pages/, which the package leaves behind in stage dev.",
        "- Stage dev of zappa_settings.json ends the function after 30 s",
        "- slim_handler makes an archive that the hooks cannot finish",
        "- Zappa cannot deploy to cn-north-1: ",
    ):
        assert fault in message


def test_settings_that_cannot_be_loaded_are_a_fault_without_a_traceback(project: Path) -> None:
    write(project, {"service_settings.py": "import no_such_module"})
    message = refusal(zappa_cli(command="package"))
    assert "service_settings cannot be loaded: ModuleNotFoundError: No module named" in message
    assert "Traceback" not in message


@pytest.mark.parametrize("command", ["invoke", "tail", "manage"])
def test_other_commands_are_let_through(command: str) -> None:
    cli = zappa_cli(command=command, runtime="python3.9")
    prepare(cli)
    assert cli.aws_environment_variables == {}
