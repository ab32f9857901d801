"""The workflow that deploys: the shell of each of its steps is run, against the emulated AWS."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulator.aws import EmulatedAWS
from emulator.deployed_stage import DeployedStage
from emulator.processes import CommandFailed
from emulator.service import Service, bake, offered_python
from tests.emulator.asking import ask
from tests.workflow_steps import Job

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workflow")]

SECRETS = {
    "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
    "DATABASE_URL": "postgresql://notes:notes@database.invalid/notes",
}
VARIABLES = {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/deploys", "MIGRATE": "after"}
BREAKS = "\n\ndef health(request):\n    raise RuntimeError('broken')\n"


@dataclass(frozen=True)
class Repository:
    """The service as a repository of GitHub has it, and the stage dev of its account."""

    service: Service
    aws: EmulatedAWS
    served: DeployedStage

    @property
    def workflow(self) -> Path:
        return self.service.folder / ".github/workflows/deploy.yml"

    def job(self, variables: dict[str, str] | None = None, **inputs: Any) -> Job:
        contexts: dict[str, Any] = {
            "inputs": inputs,
            "secrets": SECRETS,
            "vars": VARIABLES if variables is None else variables,
        }
        return Job(self.workflow, "deploy", self.service.folder, contexts, self.aws.environment())

    def code(self) -> str:
        client = self.aws.client("lambda")
        name = self.service.function_name("dev")
        return str(client.get_function_configuration(FunctionName=name)["CodeSha256"])

    def health(self) -> int:
        return ask(f"{self.served.url}/health/").status


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    service = bake(tmp_path_factory.mktemp("repository"), {"python_version": offered_python()})
    service.install()  # makes the lock, without which the workflow does nothing
    database = tmp_path_factory.mktemp("database") / "deployed.sqlite3"
    environment = {"DATABASE_URL": f"sqlite:///{database}"}
    name = service.function_name("dev")
    with ExitStack() as resources:
        aws = resources.enter_context(EmulatedAWS())
        served = resources.enter_context(DeployedStage(aws, name, environment=environment))
        # The one that `make migrate` makes for itself.
        migrates = DeployedStage(aws, f"{name}-migrate", environment=environment)
        resources.enter_context(migrates)
        # The hook asks no stage of an emulated AWS, unless it is told the address.
        settings = service.folder / "zappa_settings.json"
        stages = json.loads(settings.read_text())
        stages["dev"]["health_url"] = f"{served.url}/health/"
        settings.write_text(json.dumps(stages, indent=4))
        yield Repository(service, aws, served)


@pytest.fixture(scope="module")
def pushed(repository: Repository) -> Job:
    """The job after the first push to main."""
    job = repository.job()
    job.run()
    return job


@dataclass(frozen=True)
class Broken:
    """What a push of a version came to that answers 500: the job, and the code before it."""

    job: Job
    said: str
    before: str


@pytest.fixture(scope="module")
def broken(repository: Repository, pushed: Job) -> Broken:
    file = repository.service.folder / "config/health.py"
    healthy, before = file.read_text(), repository.code()
    file.write_text(healthy + BREAKS)
    job = repository.job()
    with pytest.raises(CommandFailed) as failed:
        job.run()
    file.write_text(healthy)
    return Broken(job, failed.value.output, before)


def test_it_passes_all_that_the_settings_want(repository: Repository) -> None:
    [step] = [
        step
        for step in yaml.safe_load(repository.workflow.read_text())["jobs"]["deploy"]["steps"]
        if step.get("name") == "Release"
    ]
    named = repository.service.stage_settings("dev")["environment_from_deployer"]
    assert {*step["env"]} == {*named, "MIGRATE"}  # type: ignore[misc]  # a list of names


def test_without_a_role_nothing_is_done_and_it_says_why(repository: Repository) -> None:
    job = repository.job(variables={})
    job.run()
    assert job.ran == ["Say why nothing is deployed"]
    assert job.printed.startswith("::notice::Nothing was deployed, the variable AWS_ROLE_ARN")


def test_the_first_push_deploys_migrates_and_asks_the_doctor(
    pushed: Job, repository: Repository
) -> None:
    assert pushed.ran == ["Install, and read the stage's region", "Release"]
    assert pushed.contexts["steps"]["stage"]["outputs"] == {"region": "eu-central-1"}
    done = [line for line in pushed.printed.splitlines() if line.startswith("make --no-print")]
    assert [line.split()[2] for line in done] == ["deploy", "migrate", "doctor"]
    assert "All that was looked at holds" in pushed.printed
    assert ask(f"{repository.served.url}/api/notes/").status == 401


def test_its_secrets_reach_the_function_and_no_log(pushed: Job, repository: Repository) -> None:
    variables = repository.aws.function_environment(repository.service.function_name("dev"))
    assert SECRETS.items() <= variables.items()
    for value in SECRETS.values():
        assert value not in pushed.printed


def test_a_broken_version_is_rolled_back(broken: Broken, repository: Repository) -> None:
    assert "/health/ answered 500" in broken.said
    assert "make rollback" in broken.said.replace("--no-print-directory ", "")
    assert "Error: make update failed: the function has its earlier code again" in broken.said
    assert repository.code() == broken.before
    assert repository.health() == 200


def test_a_person_can_roll_back_to_the_version_before_each_time(
    broken: Broken, repository: Repository
) -> None:
    """What was given back is a version of its own: the one before it is the broken one."""
    job = repository.job(stage="dev", rollback=True)
    with pytest.raises(CommandFailed):
        job.run()
    assert job.ran == ["Install, and read the stage's region", "Roll back"]
    assert repository.health() == 500
    assert repository.code() != broken.before
    repository.job(stage="dev", rollback=True).run()
    assert repository.health() == 200
    assert repository.code() == broken.before
