"""A service through Zappa's real command line against the emulated AWS, by its own make commands.

That Zappa by itself leaves the stage untraced is shown in test_demo.py, where the hook is missing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from emulator.aws import EmulatedAWS
from emulator.deployed_stage import DeployedStage
from emulator.events import trace_fields
from emulator.processes import CommandFailed, run
from emulator.service import Service, bake, offered_python
from tests.emulator.asking import ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deploy")]

SECRETS = {
    "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
    "DATABASE_URL": "postgresql://notes:notes@database.invalid/notes",
}

CHAIN = ("API Gateway", "Lambda Invoke", "Lambda notes-api-dev", "Function", "GET /api/notes/{id}/")


@dataclass(frozen=True)
class Stage:
    """The stage dev of a service and the account that it is deployed to."""

    service: Service
    aws: EmulatedAWS
    served: DeployedStage
    database: str

    @property
    def function(self) -> str:
        return self.service.function_name("dev")

    def make(
        self, command: str, arguments: str = "", secrets: Mapping[str, str] | None = None
    ) -> str:
        environment = self.aws.environment() | SECRETS | dict(secrets or {})
        return self.service.make(command, STAGE="dev", ARGS=arguments, environment=environment)

    def tracing(self) -> tuple[str | None, bool | None]:
        """Return the function's TracingConfig and the stage's tracingEnabled."""
        return self.aws.function_tracing(self.function), self.aws.stage_tracing(
            self.function, "dev"
        )

    def environment(self) -> dict[str, str]:
        """Return the function's environment variables, none when there is no function."""
        there = self.aws.function_tracing(self.function) is not None
        return self.aws.function_environment(self.function) if there else {}

    def sampling_rules(self) -> dict[str, float]:
        records = self.aws.client("xray").get_sampling_rules()["SamplingRuleRecords"]
        rules = [record["SamplingRule"] for record in records]
        return {rule["RuleName"]: rule["FixedRate"] for rule in rules}


@dataclass(frozen=True)
class After:
    """What a command left behind."""

    printed: str
    tracing: tuple[str | None, bool | None]
    rules: dict[str, float]
    environment: dict[str, str]


def after(stage: Stage, command: str, arguments: str = "") -> After:
    printed = stage.make(command, arguments)
    return After(printed, stage.tracing(), stage.sampling_rules(), stage.environment())


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    service = bake(tmp_path_factory.mktemp("deploy"), {"python_version": offered_python()})
    service.install()
    database = tmp_path_factory.mktemp("database") / "deployed.sqlite3"
    variables = {"DATABASE_URL": f"sqlite:///{database}"}
    name = service.function_name("dev")
    with EmulatedAWS() as aws, DeployedStage(aws, name, environment=variables) as served:
        yield Stage(service, aws, served, variables["DATABASE_URL"])


@pytest.fixture(scope="module")
def deployed(stage: Stage) -> After:
    return after(stage, "deploy")


@pytest.fixture(scope="module")
def code(stage: Stage, deployed: After, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Lambda has been given."""
    return stage.aws.download(stage.function, tmp_path_factory.mktemp("code"))


@pytest.fixture(scope="module")
def updated(stage: Stage, deployed: After, code: Path) -> After:
    return after(stage, "update")


@pytest.fixture(scope="module")
def broken(stage: Stage, updated: After) -> str:
    """What an update printed whose code answers 500, on a function that somebody has throttled."""
    stage.aws.client("lambda").put_function_concurrency(
        FunctionName=stage.function, ReservedConcurrentExecutions=7
    )
    health = stage.service.folder / "config/health.py"
    works = health.read_text()
    health.write_text(works.replace("return ", "raise RuntimeError\n    return ", 1))
    with pytest.raises(CommandFailed) as failed:
        stage.make("update")
    health.write_text(works)
    return failed.value.output


@pytest.fixture(scope="module")
def rolled_back(stage: Stage, broken: str) -> After:
    return after(stage, "rollback")


@pytest.fixture(scope="module")
def updated_again(stage: Stage, rolled_back: After) -> After:
    return after(stage, "update")


@pytest.fixture(scope="module")
def undeployed(stage: Stage, updated_again: After) -> After:
    return after(stage, "undeploy", "--yes")


def test_trap_01_deploy_traces_function_and_stage(deployed: After, stage: Stage) -> None:
    assert deployed.tracing == ("Active", True)
    assert deployed.rules == {"Default": 0.05, stage.function: 1.0}


def test_deploy_says_what_the_hook_did(deployed: After) -> None:
    assert "X-Ray tracing of the stage dev" in deployed.printed


def test_update_traces_function_and_stage(updated: After, deployed: After) -> None:
    assert updated.tracing == ("Active", True)
    assert updated.rules == deployed.rules


def test_update_again_traces_function_and_stage(updated_again: After, deployed: After) -> None:
    assert updated_again.tracing == ("Active", True)
    assert updated_again.rules == deployed.rules


def test_the_database_is_migrated_by_a_function_of_its_own_that_is_gone_then(
    stage: Stage, deployed: After, tmp_path: Path
) -> None:
    def functions() -> dict[str, str]:
        there = stage.aws.client("lambda").list_functions()["Functions"]
        return {function["FunctionName"]: function["CodeSha256"] for function in there}

    before = functions()
    name = f"{stage.function}-migrate"
    database = stage.aws.function_environment(stage.function)["DATABASE_URL"]
    served = {"DATABASE_URL": stage.database}
    with DeployedStage(stage.aws, name, environment=served):
        assert "Applying notes.0001_initial... OK" in stage.make("migrate")
    nowhere = {"DATABASE_URL": f"sqlite:///{tmp_path / 'nowhere' / 'db'}"}
    again = ["manage.py", "stage_migrate", "dev", str(stage.service.zip_path())]
    with (
        DeployedStage(stage.aws, name, environment=nowhere),
        pytest.raises(CommandFailed) as failed,
    ):
        run(
            [str(stage.service.folder / ".venv/bin/python"), *again],
            folder=stage.service.folder,
            environment=stage.aws.environment() | SECRETS,
        )
    assert "migrate --noinput failed: unable to open database file" in failed.value.output
    assert functions() == before
    assert stage.aws.function_environment(stage.function)["DATABASE_URL"] == database


def test_a_deployed_stage_answers(stage: Stage, updated: After) -> None:
    assert ask(f"{stage.served.url}/health/").json == {"status": "ok"}
    stage.make("manage", "migrate")
    assert ask(f"{stage.served.url}/api/notes/").status == 401


def test_two_commands_lead_from_an_empty_stage_to_an_admin_and_a_token(
    stage: Stage, updated: After
) -> None:
    stage.make("manage", "migrate")
    password = secrets.token_urlsafe(20)
    secret = {"DJANGO_SUPERUSER_PASSWORD": password}
    made = stage.make("superuser", "--username ada --email ada@example.org", secret)
    assert "ada is an admin of the stage dev." in made
    token = stage.make("token", "--username ada", secret).splitlines()[-1]
    notes = ask(f"{stage.served.url}/api/notes/", headers={"Authorization": f"Token {token}"})
    assert (notes.status, notes.json["results"]) == (200, [])
    assert "Site administration" in admin_page(stage, "ada", password)
    stage.served.settle()
    sent = b"".join(stage.served.daemon.packets).decode()
    for what, told in (("log", stage.served.log), ("packets", sent)):
        assert "zappa_xray.superusers.create" in told, what
        assert "/api/token/" in told, what
        for unseen in (password, token, "pbkdf2_sha256"):
            assert unseen not in told, what
    tried = [stage_answers_a_login(stage, "ada", "a guess") for _ in range(5)]
    assert (tried[0], tried[-1]) == (400, 429)


def stage_answers_a_login(stage: Stage, name: str, password: str) -> int:
    body = json.dumps({"username": name, "password": password}).encode()
    # Of a client who would rather be counted as somebody else.
    headers = {
        "Content-Type": "application/json",
        "X-Forwarded-For": secrets.token_hex(4),
    }
    return ask(f"{stage.served.url}/api/token/", "POST", body, headers).status


def admin_page(stage: Stage, name: str, password: str) -> str:
    """Return the admin's first page to who signs in there by its form."""
    address = f"{stage.served.url}/admin/login/"
    api = stage.aws.rest_api_id(stage.function)
    form = ask(address)
    csrf = form.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    fields = {"username": name, "password": password, "csrfmiddlewaretoken": csrf, "next": "/"}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={csrf}",
        "Referer": f"https://{api}.execute-api.{stage.aws.region}.amazonaws.com/",
    }
    signed_in = ask(address, "POST", urlencode(fields).encode(), headers)
    assert signed_in.status == 302, signed_in.body
    cookies = signed_in.headers.get_all("Set-Cookie") or []
    session = next(cookie for cookie in cookies if cookie.startswith("sessionid="))
    page = ask(f"{stage.served.url}/admin/", headers={"Cookie": session.partition(";")[0]})
    assert page.status == 200
    return page.body.decode()


def test_a_domain_of_one_s_own_leads_to_the_stage(stage: Stage, updated: After) -> None:
    settings = stage.service.folder / "zappa_settings.json"
    written = settings.read_text()
    domain = {
        "domain": "api.example.org",
        "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/a",
        "route53_enabled": False,
    }
    stages = json.loads(written)
    stages["dev"] |= domain
    settings.write_text(json.dumps(stages, indent=4))
    try:
        run(
            [str(stage.service.folder / ".venv/bin/zappa"), "certify", "dev", "--yes"],
            folder=stage.service.folder,
            environment=stage.aws.environment()
            | {"VIRTUAL_ENV": str(stage.service.folder / ".lambda")},
            timeout=120,
        )
    finally:
        settings.write_text(written)
    gateway = stage.aws.client("apigateway")
    made = gateway.get_domain_name(domainName="api.example.org")
    assert made["certificateArn"] == domain["certificate_arn"]
    assert made["distributionDomainName"]
    [mapping] = gateway.get_base_path_mappings(domainName="api.example.org")["items"]
    api = stage.aws.rest_api_id(stage.function)
    assert mapping == {"basePath": "(none)", "restApiId": api, "stage": "dev"}


def test_doctor_report_and_show_follow_its_requests(stage: Stage, updated: After) -> None:
    answer = ask(f"{stage.served.url}/api/notes/7/")
    trace_id = trace_fields(answer.headers["X-Amzn-Trace-Id"])["Root"]
    stage.served.settle()
    assert "All that was looked at holds" in stage.make("doctor")
    table = stage.make("report").partition("From API Gateway")[0]
    (line,) = (line for line in table.splitlines() if "{id}" in line)
    assert line.split()[:3] == ["GET", "/api/notes/{id}/", "1"]
    python = str(stage.service.folder / ".venv/bin/python")
    shown = run(
        [python, "manage.py", "trace_show", trace_id],
        folder=stage.service.folder,
        environment=stage.aws.environment(),
    )
    headline, *below = shown.splitlines()
    assert headline.startswith("GET /api/notes/{id}/ 401")
    assert [name for line in below for name in CHAIN if name in line] == list(CHAIN)


def test_its_log_can_be_read(stage: Stage, updated: After) -> None:
    ask(f"{stage.served.url}/health/")
    group = f"/aws/lambda/{stage.function}"
    events = stage.aws.client("logs").filter_log_events(logGroupName=group)["events"]
    messages = [event["message"] for event in events]
    assert [message for message in messages if '"GET /health/ 200 in ' in message]


def test_a_broken_version_is_said_and_rolled_back_and_it_serves_again(
    stage: Stage, broken: str, rolled_back: After
) -> None:
    assert "/dev/health/ answered 500, its trace: " in broken
    assert "Once that is mended: make update STAGE=dev" in broken
    assert f"of {stage.function} back to version 2 (" in rolled_back.printed
    assert "/dev/health/ answered 200, its trace: " in rolled_back.printed
    assert "migrations are not undone" in rolled_back.printed
    assert rolled_back.tracing == ("Active", True)
    assert ask(f"{stage.served.url}/health/").json == {"status": "ok"}


def test_there_is_no_going_back_further_than_there_are_versions(
    stage: Stage, rolled_back: After
) -> None:
    with pytest.raises(CommandFailed) as failed:
        stage.make("rollback", "9")
    assert f"{stage.function} cannot go back by 9: it has version " in failed.value.output


def test_a_reserved_concurrency_survives_updates(stage: Stage, updated_again: After) -> None:
    found = stage.aws.client("lambda").get_function_concurrency(FunctionName=stage.function)
    assert found["ReservedConcurrentExecutions"] == 7


def test_undeploy_leaves_nothing(undeployed: After) -> None:
    assert undeployed.tracing == (None, None)
    assert undeployed.rules == {"Default": 0.05}


def test_secrets_reach_the_function_and_no_output(deployed: After) -> None:
    for name, value in SECRETS.items():
        assert deployed.environment[name] == value
        assert value not in deployed.printed


def test_lambda_has_the_code_that_make_package_builds(code: Path, package: Path) -> None:
    def files(folder: Path) -> set[str]:
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    assert files(code) == files(package)


def test_deploy_without_secrets_names_them_and_uploads_nothing(stage: Stage) -> None:
    with EmulatedAWS() as empty, pytest.raises(CommandFailed) as failed:
        stage.service.make("deploy", STAGE="dev", environment=empty.environment())
    assert "DJANGO_SECRET_KEY" in failed.value.output
    assert "DATABASE_URL" in failed.value.output
    assert "Uploading" not in failed.value.output
