"""What Zappa takes from zappa_settings.json and AWS does not, or not as it was meant."""

import fnmatch
import json
from collections.abc import Iterator
from difflib import get_close_matches

from botocore.exceptions import UnknownRegionError
from botocore.session import Session

from zappa_xray.deployment.keys.faults import lacks
from zappa_xray.deployment.policies import DEPLOY_POLICY
from zappa_xray.deployment.stage import Stage

# Zappa writes arn:aws: everywhere, and knows one other name, that of this region.
GOVERNMENT = "us-gov-west-1"


def refusals(stage: Stage) -> list[str]:
    """Return what in a stage's settings cannot work, each with how to mend it. Asks AWS nothing."""
    settings = stage.settings
    return [*lacks(stage.name, settings), *slim_handler(stage), *region(stage), *schedules(stage)]


def slim_handler(stage: Stage) -> Iterator[str]:
    """With it Zappa uploads two archives, and loads the second one into /tmp at each cold start."""
    if stage.settings.get("slim_handler"):
        yield (
            "slim_handler makes an archive that the hooks cannot finish, and that each cold start has"
            " to fetch: take it out of zappa_settings.json. The package may have 250 MiB unpacked;"
            " `exclude_glob` leaves out what the function does not need"
        )


def region(stage: Stage) -> Iterator[str]:
    """Zappa cannot name what lies in the partitions of China, of the sovereign and secret clouds."""
    name = stage.cli.zappa.aws_region  # a package is made without a session of AWS
    session = Session()
    try:
        partition = session.get_partition_for_region(name) if name else "aws"
    except UnknownRegionError:
        partition = "aws"
    if partition != "aws":
        if name != GOVERNMENT:
            yield (
                f"Zappa cannot deploy to {name}: it writes arn:aws:, and there it is"
                f" arn:{partition}:. Set aws_region in zappa_settings.json to a region of the"
                f" partition aws, or {GOVERNMENT}"
            )
        return
    known = session.get_available_regions("lambda", partition)
    # A place may have more regions than this botocore knows, and is spelt as the others.
    if name and place(name) not in {place(region) for region in known}:
        near = get_close_matches(name, known, n=1)
        perhaps = f", perhaps {near[0]}?" if near else ""
        yield f"aws_region is {name}, which is no region that botocore knows{perhaps}"


def place(region: str) -> str:
    return region.rpartition("-")[0]


def schedules(stage: Stage) -> Iterator[str]:
    """Zappa names the rule of a schedule after the function, and shortens what gets too long."""
    resources = rules_of_the_policy()
    for path, rule in rule_names(stage):
        if isinstance(rule, OSError):
            yield f"events names {path}, for which Zappa can make no rule: {rule}"
        elif resources and not any(fnmatch.fnmatchcase(rule, known) for known in resources):
            longest = 62 - len(stage.function)  # Zappa's names have 63 characters and a dash
            yield (
                f"the schedule of {path} would be called {rule}, which {DEPLOY_POLICY} does not allow:"
                f" give the function a path of at most {longest} characters, or the stage a shorter"
                f" name, or add rule/*-{path} to the statement with events:PutRule and to what AWS has"
            )


def rule_names(stage: Stage) -> Iterator[tuple[str, str | OSError]]:
    """Yield each scheduled function with the name of its rule, or with why there can be none."""
    for event in stage.settings.get("events") or []:
        path = event["function"]
        for index, _ in enumerate(event.get("expressions") or [event.get("expression")]):
            if not (event.get("expression") or event.get("expressions")):
                continue
            try:
                name = stage.cli.zappa.get_scheduled_event_name(event, path, stage.function, index)
            except OSError as error:
                yield path, error
            else:
                yield path, name


def rules_of_the_policy() -> list[str]:
    """Return the patterns of the rules that the deploy policy lets one make, none without such a file."""
    if not DEPLOY_POLICY.exists():
        return []
    statements = json.loads(DEPLOY_POLICY.read_text(encoding="utf-8"))["Statement"]
    allowing = [one for one in statements if "events:PutRule" in listed(one.get("Action", []))]
    resources = [resource for one in allowing for resource in listed(one.get("Resource", []))]
    return [resource.rpartition(":rule/")[2] for resource in resources]


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
