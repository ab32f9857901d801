"""`make verify-aws`, against the emulated AWS: all claims hold, and nothing is left; also half-way."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from emulator.aws import EmulatedAWS
from emulator.deployed_stage import DeployedStage
from emulator.processes import CommandFailed, clean_environment, run
from emulator.service import TEMPLATE, Service, offered_python
from tests.deploys.conftest import STAGE as SMALLEST_STAGE
from tests.deploys.conftest import VARIABLES, write_project
from tests.library_environment import environment
from upkeep.verify_aws.account import Account
from upkeep.verify_aws.claims import Claims, expect
from upkeep.verify_aws.verified import SCHEDULED, prepare

STAGE = "verify"
# Enough for a cold start on a busy machine.
GATEWAY_SECONDS, FUNCTION_SECONDS = 12.0, 15
# The commands of a service's Makefile that are asked of one whose deploy fails, by real Zappa.
MAKEFILE = """\
export VIRTUAL_ENV := $(CURDIR)/.lambda
export DJANGO_SETTINGS_MODULE := service_settings
{variables}

install:
	mkdir -p .lambda/lib/python{python}/site-packages
	touch .lambda/lib/python{python}/site-packages/installed.py
deploy:
	{programs}/zappa deploy $(STAGE)
undeploy:
	{programs}/zappa undeploy $(STAGE) $(ARGS)
	{programs}/python -m django trace_stage $(STAGE) --undeployed
"""
RULE = {"priority": 100, "reservoir_size": 10, "fixed_rate": 1.0}


def left(aws: EmulatedAWS) -> dict[str, list[str]]:
    """Return the names of what an account holds, of the kinds that a stage is made of."""
    return {
        "functions": [
            function["FunctionName"]
            for function in aws.client("lambda").list_functions()["Functions"]
        ],
        "roles": [role["RoleName"] for role in aws.client("iam").list_roles()["Roles"]],
        "buckets": [bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]],
        "APIs": [api["name"] for api in aws.client("apigateway").get_rest_apis()["items"]],
        "logs": [
            group["logGroupName"] for group in aws.client("logs").describe_log_groups()["logGroups"]
        ],
        "rules": [rule["Name"] for rule in aws.client("events").list_rules()["Rules"]],
        "sampling rules": [rule["RuleName"] for rule in aws.sampling_rules()],
    }


@dataclass(frozen=True)
class Verified:
    """What `make verify-aws` printed, its exit code, and what the account held before and after."""

    aws: EmulatedAWS
    printed: str
    code: int
    before: dict[str, list[str]]
    after: dict[str, list[str]]


def verify(aws: EmulatedAWS, service: Service, stage: str = STAGE) -> Verified:
    before = left(aws)
    command = [
        *(sys.executable, "-m", "upkeep.verify_aws", stage, "--service", str(service.folder)),
        *("--killed-after", str(FUNCTION_SECONDS)),
    ]
    try:
        printed, code = run(command, folder=TEMPLATE, environment=aws.environment()), 0
    except CommandFailed as failure:
        printed, code = failure.output, 1
    return Verified(aws, printed, code, before, left(aws))


@pytest.fixture(scope="module")
def verified(service: Service) -> Iterator[Verified]:
    with ExitStack() as resources:
        aws = resources.enter_context(EmulatedAWS())
        name = service.function_name(STAGE)
        resources.enter_context(DeployedStage(aws, name, STAGE, seconds=GATEWAY_SECONDS))
        yield verify(aws, service)


@pytest.mark.slow
@pytest.mark.xdist_group("verify-aws")
def test_every_claim_holds(verified: Verified) -> None:
    assert verified.code == 0, verified.printed
    counted = re.search(r"(\d+) of (\d+) claims hold", verified.printed)
    assert counted is not None
    assert counted[1] == counted[2]
    assert int(counted[1]) >= 18
    for claim in ("X-Ray keeps what the killed request had sent", "a scheduled function is traced"):
        assert f"✓ {claim}" in verified.printed


@pytest.mark.slow
@pytest.mark.xdist_group("verify-aws")
def test_nothing_is_left_and_the_service_is_as_it_was(verified: Verified, service: Service) -> None:
    assert verified.after == verified.before
    assert not (service.folder / "verification").exists()
    assert STAGE not in json.loads((service.folder / "zappa_settings.json").read_text())


@pytest.fixture
def failing_service() -> Iterator[str]:
    """The address of a service that answers 500 to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(500)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/health/"
        server.shutdown()
        thread.join()


@pytest.fixture
def smallest_service(tmp_path: Path, failing_service: str) -> Service:
    """The smallest service that Zappa deploys, which answers 500."""
    folder = tmp_path / "smallest"
    folder.mkdir()
    write_project(folder)
    (folder / "config").mkdir()
    (folder / "config/urls.py").write_text("urlpatterns = []\n")
    with (folder / "service_settings.py").open("a") as settings:
        settings.write('INSTALLED_APPS = ["zappa_xray.deployment"]\n')
    stage = SMALLEST_STAGE | {"health_url": failing_service, "xray_sampling_rule": RULE}
    (folder / "zappa_settings.json").write_text(json.dumps({"broken": stage}))
    variables = "\n".join(f"export {name} := {value}" for name, value in VARIABLES.items())
    programs = environment("highest").parent
    (folder / "Makefile").write_text(
        MAKEFILE.format(variables=variables, programs=programs, python=offered_python())
    )
    return Service(folder)


@pytest.mark.slow
@pytest.mark.xdist_group("verify-aws")
def test_what_a_deploy_has_made_is_taken_away_when_it_fails(
    verified: Verified, smallest_service: Service
) -> None:
    done = verify(verified.aws, smallest_service, "broken")
    assert done.code == 1
    assert "✗ make deploy makes a stage that was not there" in done.printed
    assert "answered 500" in done.printed
    assert "The sampling rule notes-broken (priority 100" in done.printed
    assert "✓ make undeploy takes the stage away" in done.printed
    assert re.search(r"✓ the role notes-broken-\S+ is gone", done.printed)
    assert done.after == done.before


def test_an_account_that_is_no_emulator_is_not_touched_without_a_yes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account = Account("eu-central-1")
    account.identity = {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/ada"}
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("YES", raising=False)
    for typed, may in (("123456789012", True), ("y", False), ("", False)):
        monkeypatch.setattr("builtins.input", lambda _question, typed=typed: typed)
        assert account.may("verify-ab12cd-verify") is may
    assert "costs cents" in capsys.readouterr().out
    monkeypatch.setenv("YES", "1")
    monkeypatch.setattr("builtins.input", lambda _question: pytest.fail("was asked"))
    assert account.may("verify-ab12cd-verify")


@pytest.mark.parametrize(
    ("endpoint", "emulated"),
    [("http://127.0.0.1:4566", True), ("", False), ("https://proxy.example.org", False)],
)
def test_only_a_loopback_address_is_an_emulator(
    endpoint: str, emulated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    assert Account("eu-central-1").is_emulated is emulated


def test_a_claim_that_does_not_hold_is_in_the_table_with_what_was_seen() -> None:
    console = Console(file=io.StringIO(), width=100)
    claims = Claims(console)
    assert claims.look("the sky is blue", lambda: expect(True, "blue"))
    assert not claims.look("grass is blue", lambda: expect(False, "green"))
    assert not claims.hold
    with console.capture() as captured:
        console.print(claims.table())
    assert re.search(r"✓ .*the sky is blue.*blue", captured.get())
    assert re.search(r"✗ .*grass is blue.*green", captured.get())


def test_a_stage_that_is_not_in_the_settings_extends_the_first(tmp_path: Path) -> None:
    made = prepare(tmp_path, STAGE)
    settings = made.stage_settings(STAGE)
    assert settings["events"] == [{"function": SCHEDULED, "expression": "rate(1 day)"}]
    assert settings["project_name"] == made.slug
    assert made.slug.startswith("verify-")


def test_a_folder_that_holds_no_service_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "upkeep.verify_aws", STAGE, "--service", str(tmp_path)]
    refused = subprocess.run(
        command,
        cwd=TEMPLATE,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 1
    assert "holds no service" in refused.stdout
    assert "Traceback" not in refused.stderr
