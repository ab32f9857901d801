"""Which folder may import which: what runs in Lambda knows nothing of what deploys or shows it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_NOT_IMPORT = {
    "tracing": {"accounts", "config", "deployment", "notes", "traceview"},
    "accounts": {"config", "deployment", "notes", "traceview", "tracing"},
    "notes": {"config", "deployment", "traceview", "aws_xray_sdk"},
    "config": {"deployment"},
    "deployment": {"accounts", "config", "notes", "traceview"},
    "traceview": {"accounts", "config", "deployment", "notes", "tracing"},
}
EXISTING = [room for room in MAY_NOT_IMPORT if (ROOT / room).is_dir()]


def imported_modules(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_of(room: str) -> set[str]:
    return {module for file in (ROOT / room).rglob("*.py") for module in imported_modules(file)}


@pytest.mark.parametrize("room", EXISTING)
def test_a_room_imports_nothing_that_is_not_its_business(room: str) -> None:
    imported = {module.partition(".")[0] for module in imports_of(room)}
    assert imported
    assert imported & MAY_NOT_IMPORT[room] == set()


def test_the_example_uses_one_name_of_tracing() -> None:
    if "notes" in EXISTING:
        of_tracing = {name for name in imports_of("notes") if name.partition(".")[0] == "tracing"}
        assert of_tracing == {"tracing.traced"}
