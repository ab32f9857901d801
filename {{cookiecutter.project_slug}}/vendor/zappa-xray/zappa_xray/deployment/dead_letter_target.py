"""Whether `dead_letter_arn` of zappa_settings.json can work, as far as it is seen without AWS."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

# No FIFO: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
TARGET = re.compile(r"arn:aws[a-z-]*:(?P<service>sqs|sns):[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+")
ACTIONS = {"sqs": "sqs:SendMessage", "sns": "sns:Publish"}


def target_faults(settings: dict[str, Any], folder: Path) -> Iterator[str]:
    """Yield why a stage's setting would not work, each a sentence with how to mend it.

    `settings` are the stage's of zappa_settings.json, which lies in `folder`.
    """
    wanted = settings.get("dead_letter_arn") or ""
    if wanted and not (isinstance(wanted, str) and TARGET.fullmatch(wanted)):
        yield (
            f"dead_letter_arn is {json.dumps(wanted)}: it has to be the ARN of an SQS queue, not a FIFO one,"
            " or of an SNS topic"
        )
    elif wanted and not is_allowed(settings, wanted, folder):
        yield f"the function's role may not send to dead_letter_arn: {how_to_allow(wanted)}"


def is_allowed(settings: dict[str, Any], wanted: str, folder: Path) -> bool:
    """Return whether Zappa gives the role a policy that lets it send there, as far as it is known here."""
    file = folder / str(settings.get("attach_policy") or "")
    own_role = {"role_arn", "role_name"} & {*settings} or settings.get("manage_roles") is False
    if own_role or not file.is_file():
        return True
    written = json.loads(file.read_text(encoding="utf-8"))["Statement"]
    statements = [*listed(written), *(settings.get("extra_permissions") or [])]
    return any(
        statement.get("Effect") == "Allow"
        and matches(statement.get("Action", []), action(wanted))
        and matches(statement.get("Resource", []), wanted)
        for statement in statements
    )


def how_to_allow(wanted: str) -> str:
    statement = {"Effect": "Allow", "Action": action(wanted), "Resource": wanted}
    return f"add to iam/execution-policy.json {json.dumps(statement)}"


def action(wanted: str) -> str:
    return ACTIONS[wanted.split(":")[2]]


def matches(patterns: Any, value: str) -> bool:
    return any(fnmatchcase(value.lower(), pattern.lower()) for pattern in listed(patterns))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
