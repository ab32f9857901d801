"""The stage dev of one service, from its first push to main to its undeploy, in an emulated account.

The shell of each step of the workflow that deploys is run, which makes of the service's make commands
what a person makes of them by hand. That Zappa by itself leaves the stage untraced is shown in
test_demo.py, where the hook is missing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emulator.aws import EmulatedAWS
from emulator.deployed_stage import DeployedStage
from emulator.processes import CommandFailed
from emulator.service import Service, bake, offered_python
from tests.compiled import hand_on
from tests.emulator.asking import ask
from tests.released.workflow_steps import Job

SECRETS = {
    "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
    "DATABASE_URL": "postgresql://notes:notes@database.invalid/notes",
}
VARIABLES = {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/deploys", "MIGRATE": "after"}
RESERVED = 7
BREAKS = "\n\ndef health(request):\n    raise RuntimeError('broken')\n"


@dataclass(frozen=True)
class Stage:
    """The stage dev of a service, as a repository of GitHub has it, and the account that it is deployed to."""

    service: Service
    aws: EmulatedAWS
    served: DeployedStage
    database: str

    @property
    def function(self) -> str:
        return self.service.function_name("dev")

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

    def sampling_rules(self) -> dict[str, float]:
        records = self.aws.client("xray").get_sampling_rules()["SamplingRuleRecords"]
        rules = [record["SamplingRule"] for record in records]
        return {rule["RuleName"]: rule["FixedRate"] for rule in rules}

    def functions(self) -> dict[str, str]:
        """Return the digest of the code of each function in the account, by its name."""
        there = self.aws.client("lambda").list_functions()["Functions"]
        return {function["FunctionName"]: function["CodeSha256"] for function in there}

    def code(self) -> str:
        return self.functions()[self.function]

    def health(self) -> int:
        return ask(f"{self.served.url}/health/").status


@dataclass(frozen=True)
class After:
    """A job that has ended, and what it left behind."""

    job: Job
    tracing: tuple[str | None, bool | None]
    rules: dict[str, float]
    functions: dict[str, str]

    @property
    def printed(self) -> str:
        return self.job.printed


def after(stage: Stage, job: Job) -> After:
    return After(job, stage.tracing(), stage.sampling_rules(), stage.functions())


@pytest.fixture(scope="package")
def stage(packaged: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    service = bake(tmp_path_factory.mktemp("released"), {"python_version": offered_python()})
    service.install()  # makes the lock, without which the workflow does nothing
    hand_on(packaged, service)
    database = f"sqlite:///{tmp_path_factory.mktemp('database') / 'deployed.sqlite3'}"
    name = service.function_name("dev")
    with (
        EmulatedAWS() as aws,
        DeployedStage(aws, name, environment={"DATABASE_URL": database}) as served,
    ):
        yield Stage(service, aws, served, database)


@pytest.fixture(scope="package")
def pushed(stage: Stage) -> After:
    """The first push to main."""
    job = stage.job()
    with ExitStack() as resources:
        # The function that `make migrate` makes for itself.
        variables = {"DATABASE_URL": stage.database}
        migrates = DeployedStage(stage.aws, f"{stage.function}-migrate", environment=variables)
        resources.enter_context(migrates)
        job.run()
    return after(stage, job)


@pytest.fixture(scope="package")
def broken(stage: Stage, pushed: After) -> After:
    """A push of a version that answers 500, to a function that somebody has throttled."""
    stage.aws.client("lambda").put_function_concurrency(
        FunctionName=stage.function, ReservedConcurrentExecutions=RESERVED
    )
    file = stage.service.folder / "config/health.py"
    healthy = file.read_text()
    file.write_text(healthy + BREAKS)
    job = stage.job()
    with pytest.raises(CommandFailed):
        job.run()
    file.write_text(healthy)
    return after(stage, job)


@pytest.fixture(scope="package")
def undeployed(stage: Stage, broken: After) -> str:
    """What `make undeploy` printed."""
    return stage.make("undeploy", "--yes")
