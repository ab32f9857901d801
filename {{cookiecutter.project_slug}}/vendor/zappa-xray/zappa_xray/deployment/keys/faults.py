"""What is wrong with the keys of a stage, each said by itself."""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from zappa_xray.deployment.keys.table import KEYS

POLICIES = ("apigateway_policy", "assume_policy", "attach_policy")
NEAR = 0.8
LONGEST_VALUE = 60
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LONGEST_ROLE, ROLE = 64, "{}-ZappaLambdaExecutionRole"


def ill_typed(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each key of a stage whose value Zappa or AWS could not use, and what is wrong with it."""
    for key, value in settings.items():
        if key in KEYS and value is not None and (fault := KEYS[key].fault(value)):
            yield key, f"{key} {fault}, it is {shown(value)}"


def key_faults(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the keys that stand in a stage."""
    yield from misspelt(settings)
    yield from (fault for _key, fault in ill_typed(settings))


def lacks(stage: str, settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield what keeps a stage from being deployed, though each of its keys is of the right kind."""
    if not settings.get("s3_bucket"):
        yield "s3_bucket is missing: Zappa would upload into one of a random name, another each time"
    yield from too_long(stage, settings)
    yield from policies(settings)
    profile = settings.get("profile_name")
    if isinstance(profile, str) and profile not in profiles():
        yield f"profile_name is {profile}, which is not among the profiles of this machine's ~/.aws"


def profiles() -> list[str]:
    from botocore.session import Session  # takes longer than all else that is asked here

    return list(Session().available_profiles)


def misspelt(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys that nothing reads and that look like one that is read.

    What looks like none is an owner's own, or of a newer Zappa.
    """
    for key in settings.keys() - KEYS.keys():
        if near := get_close_matches(key, KEYS, n=1, cutoff=NEAR):
            yield f"{key} is no key of Zappa's or the hooks', perhaps {near[0]}?"


def too_long(stage: str, settings: Mapping[str, Any]) -> Iterator[str]:
    name = settings.get("project_name")
    if not isinstance(name, str) or settings.get("manage_roles") is False:
        return
    role = ROLE.format(f"{name}-{stage}")
    if len(role) > LONGEST_ROLE:
        yield (
            f"the role {role} would have {len(role)} characters, IAM takes {LONGEST_ROLE}: shorten"
            f" project_name or the stage's name by {len(role) - LONGEST_ROLE}"
        )


def policies(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield which files of policies cannot be read: Zappa opens them when it loads a stage."""
    for key in POLICIES:
        name = settings.get(key)
        if isinstance(name, str) and (fault := policy_fault(Path(name))):
            yield f"{key} names {name}, which {fault}"


def policy_fault(file: Path) -> str:
    try:
        policy = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    except ValueError as error:
        return f"is not JSON: {error}"
    return "" if isinstance(policy, dict) and "Statement" in policy else "has no Statement"


def shown(value: object) -> str:
    """Return a value as it stands in the file, shortened, and no value of an object: one may be secret."""
    if isinstance(value, dict):
        return f"an object with {', '.join(value) or 'nothing'}"
    text = json.dumps(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."
