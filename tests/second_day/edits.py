"""All edits."""

from tests.second_day import (
    addresses,
    apps,
    django_settings,
    removals,
    stages,
    tools,
    tracing_settings,
    users,
)

EDITS = [
    edit
    for module in (
        django_settings,
        tracing_settings,
        addresses,
        users,
        apps,
        stages,
        tools,
        removals,
    )
    for edit in module.EDITS
]
