"""Makes, changes and takes away all that warns of a stage."""

from zappa_xray.deployment.alarms import metric_alarm
from zappa_xray.deployment.alarms.counted import PATTERNS, MetricFilter
from zappa_xray.deployment.alarms.dashboard import Dashboard
from zappa_xray.deployment.alarms.group import Group
from zappa_xray.deployment.alarms.queries import QUERIES, SavedQuery
from zappa_xray.deployment.alarms.thing import Thing, holds
from zappa_xray.deployment.alarms.topic import Topic
from zappa_xray.deployment.alarms.wanted import DEFAULTS, Wanted, wanted
from zappa_xray.deployment.stage import Stage


def apply(stage: Stage) -> str:
    """Make what zappa_settings.json wants and take away what it does not; return what was done.

    Raises click.ClickException when a call fails.
    """
    settings = wanted(stage.settings)
    if settings is None:
        return remove(stage, reason=", as zappa_settings.json has no xray_alarms")
    done: dict[str, list[str]] = {"created": [], "changed": [], "removed": []}
    for thing in unneeded(stage, settings):
        if thing.read() is not None:
            thing.delete()
            done["removed"].append(thing.name)
    for thing in things(stage, settings):
        found = thing.read()
        if found is None or not holds(thing.wanted, found):
            thing.write()
            done["created" if found is None else "changed"].append(thing.name)
    said = "; ".join(f"{verb} {', '.join(names)}" for verb, names in done.items() if names)
    return f"What warns of {stage.function}: {said or 'all stands already'}."


def remove(stage: Stage, reason: str = "") -> str:
    """Take away what warns of a stage, if there is anything; return what was done.

    The alarms are made first and go last: where none is wanted and there is none, one call tells that
    nothing is there. Where some are wanted, somebody may have deleted them by hand: all is looked for.
    """
    none = f"There are no alarms of {stage.function}{reason}."
    if stage.settings.get("xray_alarms") in (None, False) and not metric_alarm.alarms(stage):
        return none
    removed = []
    for thing in reversed(all_things(stage)):
        if thing.read() is not None:
            thing.delete()
            removed.append(thing.name)
    if not removed:
        return none
    return f"What warned of {stage.function}{reason}: removed {', '.join(removed)}."


def things(stage: Stage, settings: Wanted) -> list[Thing]:
    """Return what a stage should have, in the order in which it is made."""
    spared = {thing.name for thing in unneeded(stage, settings)}
    return [thing for thing in all_things(stage, settings) if thing.name not in spared]


def unneeded(stage: Stage, settings: Wanted) -> list[Thing]:
    """Return what the stage may still have of earlier settings."""
    found: list[Thing] = [Topic(stage)] if settings.sns_topic_arn else []
    return [*found, metric_alarm.faults(stage, settings)] if stage.other_front else found


def all_things(stage: Stage, settings: Wanted = DEFAULTS) -> list[Thing]:
    return [
        metric_alarm.time_outs(stage, settings),
        metric_alarm.faults(stage, settings),
        Topic(stage, settings.email),
        *(MetricFilter(stage, metric) for metric in PATTERNS),
        Group(stage),
        *(SavedQuery(stage, title) for title in QUERIES),
        Dashboard(stage),
    ]
