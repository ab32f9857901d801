"""The smallest project that Zappa deploys, by its real command line, to an account that can fail."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emulator.aws import EmulatedAWS
from emulator.processes import CACHE, clean_environment, read_all
from emulator.service import TEMPLATE, offered_python
from tests.library_environment import LIBRARY, environment
from tests.warm.ask import ask
from tests.warm.interpreter import Warm, warm

HOOKS = TEMPLATE / "{{cookiecutter.project_slug}}" / "zappa_hooks.py"
SETTINGS = """SECRET_KEY = "x"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
ALLOWED_HOSTS = ["*"]
"""
POLICY = """{"Statement": [{
    "Action": [
        "lambda:CreateFunction",
        "events:PutRule"
    ],
    "Resource": ["arn:aws:events:eu-central-1:*:rule/notes-*"]
}]}
"""
FUNCTION = "notes-dev"
STAGE = {
    "project_name": "notes",
    "django_settings": "service_settings",
    "lambda_handler": "handler.lambda_handler",
    "aws_region": "eu-central-1",
    "s3_bucket": "packages-of-notes",
    "runtime": f"python{offered_python()}",
    "memory_size": 1024,
    "timeout_seconds": 35,
    "xray_tracing": True,
    "endpoint_configuration": ["REGIONAL"],
    "callbacks": {
        "settings": "zappa_hooks.settings",
        "zip": "zappa_hooks.zip",
        "post": "zappa_hooks.post",
    },
    "events": [{"function": "jobs.nightly", "expression": "rate(1 day)"}],
    "keep_warm": False,
    "touch": False,
    "use_precompiled_packages": False,
}


VARIABLES = {
    "PYTHONPATH": str(LIBRARY),
    "PYTHONPYCACHEPREFIX": str(CACHE / "bytecode"),  # the library's folder is only read
}
LIKE = """
import zappa.cli
import forked
import prepared
from zappa_xray.deployment import after_deploy, before_deploy, package
"""


@dataclass(frozen=True)
class Ended:
    """What a command printed, and its exit code."""

    printed: str
    code: int


@dataclass(frozen=True)
class Project:
    """A project in `folder`, the account that it is deployed to, and what has imported Zappa."""

    folder: Path
    aws: EmulatedAWS
    interpreter: Warm

    def zappa(self, *arguments: str, **variables: str) -> Ended:
        """Run Zappa's command line to its end, such as `zappa("deploy", "dev")`."""
        command, options = self.command(*arguments, **variables)
        return self.run(command, options["env"])

    def run(self, program: Sequence[str], environ: Mapping[str, str]) -> Ended:
        """Run a Python program in the project's folder, with these variables and no others."""
        with tempfile.TemporaryFile() as printed:
            folder, output = str(self.folder), printed.fileno()
            code = ask(self.interpreter.address, list(program), folder, dict(environ), output)
            return Ended(read_all(printed), code)

    def command(self, *arguments: str, **variables: str) -> tuple[list[str], dict[str, Any]]:
        """Return Zappa's command line, and the options with which subprocess runs it."""
        program = environment("highest").with_name("zappa")
        environ = {**VARIABLES, "VIRTUAL_ENV": str(self.folder / ".lambda")}
        options = {
            "cwd": self.folder,
            "env": clean_environment(self.aws.environment() | environ | variables),
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.STDOUT,
            "text": True,
        }
        return [str(program), *arguments], options

    def set(self, **keys: Any) -> None:
        """Write zappa_settings.json with other keys of the stage dev than the usual ones."""
        stages = {"dev": {**STAGE, **keys}}
        (self.folder / "zappa_settings.json").write_text(json.dumps(stages, indent=4))

    def stack(self) -> str:
        """Return the state of the stage's stack, empty where there is none."""
        client = self.aws.client("cloudformation")
        try:
            return str(client.describe_stacks(StackName=FUNCTION)["Stacks"][0]["StackStatus"])
        except client.exceptions.ClientError:
            return ""

    def is_whole(self) -> bool:
        """Return whether all is there that a deploy makes: function, traced stage, schedule."""
        rules = self.aws.client("events").list_rules()["Rules"]
        scheduled = [rule for rule in rules if rule["Name"] == f"{FUNCTION}-jobs.nightly"]
        tracing = self.aws.function_tracing(FUNCTION), self.aws.stage_tracing(FUNCTION, "dev")
        return bool(scheduled) and tracing == ("Active", True)

    def left_over(self) -> list[str]:
        """Return the packages and templates that lie in the folder and in the bucket."""
        here = [path.name for path in self.folder.iterdir() if path.name.startswith("notes-dev-")]
        client = self.aws.client("s3")
        buckets = [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]
        listed = [client.list_objects_v2(Bucket=bucket) for bucket in buckets]
        there = [found["Key"] for bucket in listed for found in bucket.get("Contents", [])]
        return [*here, *there]


def write_project(folder: Path) -> None:
    files: Mapping[str, str] = {
        "service_settings.py": SETTINGS,
        "jobs.py": "def nightly(event, context): ...\n",
        "pyproject.toml": "[project]\nname = 'notes'\nversion = '1'\n",
        "iam/deploy-policy.json": POLICY,
        f".lambda/lib/python{offered_python()}/site-packages/installed.py": "",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    shutil.copy(HOOKS, folder)


@pytest.fixture(scope="session")
def interpreter() -> Iterator[Warm]:
    """An interpreter that has imported Zappa and the library's part of a deploy."""
    venv = environment("highest").parent.parent
    with warm(venv, LIKE, venv, VARIABLES) as interpreter:
        yield interpreter


@pytest.fixture
def project(tmp_path: Path, aws: EmulatedAWS, interpreter: Warm) -> Iterator[Project]:
    """A project that has not been deployed, in an empty account."""
    write_project(tmp_path)
    project = Project(tmp_path, aws, interpreter)
    project.set()
    yield project
    aws.reset()
