"""The checks of one stage, before it is packaged: `python -m zappa_xray.deployment.stage_checks`."""

import json
import os
import sys
from typing import Any

import click

from zappa_xray.deployment.child import answer_of


def stage_faults(cli: Any) -> list[str]:
    """Return what the checks say of the stage that Zappa's ZappaCLI `cli` works at."""
    question = {"stage": cli.api_stage, "settings": cli.stage_config}
    try:
        faults: list[str] = answer_of(__name__, question)
    except click.ClickException as error:
        return [error.message]
    return faults


def check(stage: str, settings: dict[str, Any]) -> list[str]:
    """Return what is wrong with the stage's settings, each with how to mend it."""
    import django

    module = settings.get("django_settings") or ""
    if not module:
        return ["django_settings is missing: the dotted path of Django's settings"]
    os.environ["DJANGO_SETTINGS_MODULE"] = module
    try:
        django.setup()
        from zappa_xray.deployment.checks import ALWAYS, BEFORE_DEPLOY, messages
    except Exception as error:
        return [f"{module} cannot be loaded: {type(error).__name__}: {error}"]
    found = messages({stage: settings}, [*ALWAYS, *BEFORE_DEPLOY])
    return [f"{message.msg} {message.hint}" for message in found if not message.is_silenced()]


if __name__ == "__main__":
    print("\n" + json.dumps(check(**json.load(sys.stdin))))
