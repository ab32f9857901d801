"""Edits of what the tools are told: ruff, mypy and pytest."""

from tests.second_day.changes import all_of, appended, formatted, replaced
from tests.second_day.edit import Edit

PROJECT = "pyproject.toml"
RULES = 'select = ["E", "F", "W", "I", "B", "UP", "S"'
MORE_RULES = (
    '"A", "ANN", "BLE", "C4", "DJ", "ERA", "INP", "LOG", "N", "PT", "PTH", "SIM", "SLF", "TC"'
)
TYPED = "disallow_untyped_defs = true\nwarn_return_any = true\nwarn_unused_ignores = true\n"
SENT_ON = "\nPREPEND_WWW = True\nSECURE_SSL_REDIRECT = True\n"

EDITS = [
    Edit(
        "shorter lines, more rules, and a type for everything",
        all_of(
            replaced(PROJECT, "line-length = 100", "line-length = 88"),
            replaced(PROJECT, RULES, f"{RULES}, {MORE_RULES}"),
            replaced(PROJECT, "warn_redundant_casts", f"{TYPED}warn_redundant_casts"),
            formatted(),
        ),
    ),
    Edit(
        "warnings are errors, and browsers are sent to HTTPS and to www",
        all_of(
            replaced(PROJECT, '"--strict-config"]', '"--strict-config", "-W", "error"]'),
            appended("config/settings.py", SENT_ON),
        ),
    ),
]
