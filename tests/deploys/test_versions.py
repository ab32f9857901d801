"""SnapStart and provisioned concurrency: versions behind an alias, by Zappa's real command line.

What it asks AWS is recorded and held against the policies of iam/, as tests/operations does.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from emulator.service import TEMPLATE
from tests.deploys.conftest import FUNCTION, Ended, Project
from tests.library_environment import environment
from tests.operations.mutants import unnoticed
from tests.operations.needs import Account, Call
from tests.operations.simulator import Document, Request, denied, simulated

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deploys"), simulated]

IAM = TEMPLATE / "{{cookiecutter.project_slug}}" / "iam"
RECORDER = TEMPLATE / "tests/operations/recorder.py"
ANSWERS = {"__partition": "aws", "aws_region": "eu-central-1", "project_slug": "notes"}
CALLS = "calls"
BUCKET = {"s3_bucket": "packages-of-notes"}
LOOK = """
from zappa_xray.deployment.doctor.function import is_as_in_the_settings
from zappa_xray.deployment.stage import Stage
print(is_as_in_the_settings(Stage.load("dev")))
"""


def policy(name: str) -> Document:
    text = (IAM / name).read_text()
    for answer, value in (ANSWERS | BUCKET).items():
        text = text.replace(f"{{{{ cookiecutter.{answer} }}}}", value)
    document: Document = json.loads(text)
    return document


def recorded(project: Project, *arguments: str) -> Ended:
    """Run Zappa's command line below what sees each call to AWS."""
    command, options = project.command(*arguments, AWS_CALLS=str(project.folder / CALLS))
    return project.run([str(RECORDER), *command], options["env"])


def requests(project: Project, api: str) -> list[Request]:
    """Return what IAM was to decide, of Lambda, each once: all else is the same as without versions."""
    account = Account(project.aws.region, FUNCTION, api)
    lines = (project.folder / CALLS).read_text().splitlines()
    calls = [Call(*json.loads(line)) for line in lines]
    ours = [call for call in calls if call.service == "lambda"]
    return list(dict.fromkeys(request for call in ours for request in account.requests(call)))


def aliases(project: Project) -> dict[str, str]:
    found = project.aws.client("lambda").list_aliases(FunctionName=FUNCTION)["Aliases"]
    return {alias["Name"]: alias["FunctionVersion"] for alias in found}


def looked_at(project: Project) -> str:
    """Return what the doctor says of the function."""
    _, options = project.command()
    command = [str(environment("highest")), "-c", LOOK]
    ran = subprocess.run(command, **options, timeout=60, check=False)
    return str(ran.stdout)


def walk(project: Project, alias: str, **keys: Any) -> list[Request]:
    """Deploy, update, roll back and undeploy; return what that asked of IAM."""
    project.set(**keys)
    for command, version in (("deploy", "1"), ("update", "3"), ("rollback", "4")):
        (project.folder / "jobs.py").write_text(
            f"def nightly(event, context): return '{command}'\n"
        )
        back = ["--num-rollback", "1"] if command == "rollback" else []
        ended = recorded(project, command, "dev", *back)
        assert ended.code == 0, ended.printed
        assert aliases(project) == {alias: version}
    api = project.aws.rest_api_id(FUNCTION)
    found = looked_at(project)
    assert recorded(project, "undeploy", "dev", "--yes").code == 0
    assert project.aws.function_tracing(FUNCTION) is None
    asked = requests(project, api)
    (project.folder / CALLS).unlink()
    assert f"{FUNCTION} is deployed as zappa_settings.json says" in found
    assert ("version 4 from a snapshot" in found) == ("snap_start" in keys)
    return asked


def test_versions_behind_an_alias_ask_what_their_policy_allows_and_nothing_less(
    project: Project,
) -> None:
    asked = walk(project, "snapstart", snap_start="PublishedVersions")
    asked += walk(project, "provisioned-concurrency", provisioned_concurrency=2)
    beyond = sorted(denied(policy("deploy-policy.json"), asked), key=str)
    assert denied(policy("snapstart-policy.json"), beyond) == set()
    tried, kept = unnoticed(policy("snapstart-policy.json"), beyond)
    assert (kept, len(tried) >= 5) == (set(), True)


def test_a_reserved_concurrency_asks_what_its_policy_allows(project: Project) -> None:
    project.set(lambda_concurrency=5)
    assert recorded(project, "deploy", "dev").code == 0
    project.set(lambda_concurrency=None)
    ended = recorded(project, "update", "dev")
    assert ended.code == 0, ended.printed
    asked = requests(project, project.aws.rest_api_id(FUNCTION))
    beyond = sorted(denied(policy("deploy-policy.json"), asked), key=str)
    assert denied(policy("concurrency-policy.json"), beyond) == set()
    _, kept = unnoticed(policy("concurrency-policy.json"), beyond)
    assert kept == set()


def runs_on(project: Project) -> tuple[str, str]:
    found = project.aws.client("lambda").get_function_configuration(FunctionName=FUNCTION)
    return found["Runtime"], found["Architectures"][0]


def test_a_rollback_brings_the_runtime_and_the_processor_back_that_its_code_is_for(
    project: Project,
) -> None:
    assert project.zappa("deploy", "dev").code == 0
    new, older = runs_on(project)[0], "python3.9"
    client = project.aws.client("lambda")
    client.update_function_configuration(FunctionName=FUNCTION, Runtime=older)
    client.publish_version(FunctionName=FUNCTION)
    (project.folder / "jobs.py").write_text("def nightly(event, context): return 'arm'\n")
    project.set(architecture="arm64")
    updated = project.zappa("update", "dev")
    assert f"The runtime goes from {older} to {new}, and the code follows" in updated.printed
    assert (updated.code, runs_on(project)) == (0, (new, "arm64"))
    back = project.zappa("rollback", "dev", "--num-rollback", "1")
    assert "back, with its runtime and processor" in back.printed
    assert (back.code, runs_on(project)) == (0, (older, "x86_64")), back.printed
