"""Whether Django's settings start in Lambda with an environment: they say themselves what they lack.

`python -m zappa_xray.deployment.rehearsal` imports them as Lambda would: with the function's variables,
and none that happen to be set where one deploys.
"""

import importlib
import json
import os
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zappa_xray.deployment.child import answer_of

# What a process of this machine cannot do without, and what reaches an AWS from it.
MACHINE = ("HOME", "LANG", "PATH", "PYTHONPATH", "SYSTEMROOT", "TMPDIR")
AWS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")
AWS_FILES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ENDPOINT_URL")
OF_THIS_MACHINE = (*MACHINE, *AWS, *AWS_FILES)
# These come from the settings' own code and the variables. Others, say from a call to AWS with
# permissions that only the function has, prove nothing where one deploys.
CONCLUSIVE: tuple[type[Exception], ...] = (
    *(ArithmeticError, AssertionError, AttributeError, ImportError, LookupError),
    *(NameError, SyntaxError, TypeError, ValueError),
)
SHORTEST_SECRET = 4  # characters


@dataclass(frozen=True)
class Rehearsal:
    """What came of it. `refusal`: why the settings do not start, empty when they do.

    `conclusive` is False when they may yet start in Lambda. `engine` is the default database's.
    `cors` are the settings of django-cors-headers, by their names; None where there are none.
    """

    refusal: str = ""
    conclusive: bool = True
    allowed_hosts: tuple[str, ...] = ()
    engine: str = ""
    cors: Mapping[str, Any] | None = None


def rehearse(settings: Mapping[str, Any], stage: str, environment: Mapping[str, str]) -> Rehearsal:
    """Import the `django_settings` of a stage as Lambda would with these variables.

    `settings` are the stage's of zappa_settings.json. Raises click.ClickException.
    """
    machine = {name: os.environ[name] for name in OF_THIS_MACHINE if name in os.environ}
    # As AWS and Zappa's handler set them:
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    theirs = {
        "AWS_REGION": settings.get("aws_region", ""),
        "LAMBDA_TASK_ROOT": str(Path.cwd()),
        "SERVERTYPE": "AWS Lambda",
        "STAGE": stage,
    }
    variables = {**machine, **environment, **theirs, **settings.get("environment_variables", {})}
    answer = answer_of(__name__, settings.get("django_settings", ""), variables)
    secrets = [value for value in environment.values() if len(value) >= SHORTEST_SECRET]
    for secret in sorted(secrets, key=len, reverse=True):
        answer["refusal"] = answer["refusal"].replace(secret, "...")
    return Rehearsal(
        refusal=answer["refusal"],
        conclusive=answer["conclusive"],
        allowed_hosts=tuple(answer["allowed_hosts"]),
        engine=answer["engine"],
        cors=answer["cors"],
    )


def attempt(module: str) -> dict[str, Any]:
    """Import a settings module in this process and return what came of it."""
    from django.core.exceptions import ImproperlyConfigured

    answer: dict[str, Any] = {"refusal": "", "conclusive": True, "allowed_hosts": [], "engine": ""}
    answer["cors"] = None
    try:
        loaded = importlib.import_module(module)
        answer["engine"] = getattr(loaded, "DATABASES", {}).get("default", {}).get("ENGINE", "")
        answer["allowed_hosts"] = [str(host) for host in getattr(loaded, "ALLOWED_HOSTS", [])]
        cors = {name: getattr(loaded, name) for name in dir(loaded) if name.startswith("CORS_")}
        answer["cors"] = json.loads(json.dumps(cors, default=str)) if cors else None
    except ImproperlyConfigured as error:
        answer["refusal"] = str(error)
    except Exception as error:
        answer["refusal"] = f"{type(error).__name__}{_named(error)} in {_where(error)}"
        answer["conclusive"] = isinstance(error, CONCLUSIVE)
    return answer


def _named(error: Exception) -> str:
    # The text of other errors may hold a part of a value, which is a secret.
    return f" {error}" if isinstance(error, ImportError | KeyError) else ""


def _where(error: Exception) -> str:
    own = [
        f"{path.relative_to(Path.cwd())}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if (path := Path(frame.filename)).is_relative_to(Path.cwd())
        and "site-packages" not in path.parts
    ]
    return own[-1] if own else "an installed package"


if __name__ == "__main__":
    print("\n" + json.dumps(attempt(json.load(sys.stdin))))
