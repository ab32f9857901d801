"""Whether the workflow that deploys passes what `environment_from_deployer` names.

GitHub gives a job no secret that its workflow does not name, and all of them at once only together
with those that it has no business with:
https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/use-secrets
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Warning, register

from zappa_xray.deployment.checks import base_folder
from zappa_xray.stages import stages

WORKFLOW = Path(".github/workflows/deploy.yml")
DEPLOYS = re.compile(r"\b(make|zappa)\b.*\b(release|deploy|update)\b")
NOT_PASSED = "deployment.W001"
MESSAGE = "{names} of environment_from_deployer in zappa_settings.json is not passed by {file}."
HINT = (
    "Add to `env` of the step that deploys: {lines}; `vars` in place of `secrets` for what is none."
)


def check_workflow(**_: Any) -> list[CheckMessage]:
    """Return a warning with the variables that a deploy by the workflow would miss."""
    folder = base_folder()
    workflow, settings = folder / WORKFLOW, folder / "zappa_settings.json"
    if not workflow.exists() or not settings.exists():
        return []
    text = without_comments(workflow.read_text(encoding="utf-8"))
    missing = sorted(named(settings) - set(passed(text)))
    if not missing or not DEPLOYS.search(text):
        return []
    lines = ", ".join(f"`{name}: ${{{{ secrets.{name} }}}}`" for name in missing)
    message = MESSAGE.format(names=" and ".join(missing), file=WORKFLOW)
    return [Warning(message, hint=HINT.format(lines=lines), id=NOT_PASSED)]


def named(settings: Path) -> set[str]:
    try:
        of_stages = stages(settings).values()
    except ValueError:  # told by deployment.E001
        return set()
    return {name for stage in of_stages for name in stage.get("environment_from_deployer", [])}


def passed(workflow: str) -> Iterable[str]:
    """Return the names that get a value in a workflow's text: in YAML, or from a command's shell."""
    return re.findall(r"\b([A-Za-z_]\w*)[:=]", workflow)


def without_comments(workflow: str) -> str:
    return re.sub(r"(^|\s)#.*", "", workflow)


def register_check() -> None:
    register(check_workflow, "deployment")
