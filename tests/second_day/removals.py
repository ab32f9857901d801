"""Edits that take out what the template put in, step by step as the service's README says."""

from tests.second_day.changes import (
    all_of,
    deleted,
    formatted,
    replaced,
    stages,
    without_lines,
    without_target,
)
from tests.second_day.edit import Edit

notes_removed = all_of(
    deleted("notes"),
    deleted("tests/test_notes.py"),
    without_lines("config/settings.py", '"notes",'),
    without_lines("config/urls.py", '"notes.urls"'),
    stages(lambda all: all["dev"].pop("events")),
)
traceview_removed = all_of(
    without_lines("config/settings.py", '"zappa_xray.traceview"'),
    without_lines("config/urls.py", "settings.DEBUG"),
    without_lines("config/urls.py", '"zappa_xray.traceview.urls"'),
    replaced("pyproject.toml", "[deployment,traceview,testing]", "[deployment,testing]"),
    without_target("report"),
    without_target("why"),
)

EDITS = [
    Edit("without notes/", notes_removed),
    Edit("without traceview", traceview_removed),
    Edit("without both", all_of(notes_removed, traceview_removed, formatted())),
]
