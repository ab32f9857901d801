"""All edits, each about the module it stands in unless it says what else."""

from dataclasses import replace

from tests.second_day import (
    addresses,
    apps,
    django_settings,
    removals,
    rest_settings,
    stages,
    tools,
    tracing_settings,
    users,
)

EDITS = [
    replace(edit, about=edit.about or (module.__name__.rpartition(".")[2],))
    for module in (
        django_settings,
        rest_settings,
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
