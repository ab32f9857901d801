"""Which room of the library may import what, and that no two modules know each other."""

import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
import zappa_xray

from tests.library.imports import Imports, between_modules, imports_below

LIBRARY = imports_below(Path(zappa_xray.__file__).parent)
# What each may import beside the standard library and itself. No service is among it.
MAY_IMPORT = {
    "zappa_xray.tracing": {
        "aws_xray_sdk",
        "django",
        "rest_framework",
        "snapshot_restore_py",  # in Lambda only
        "wrapt",
        "zappa_xray.stages",
        "zappa_xray.lambda_start.init_phase",  # what a cold start cost
    },
    "zappa_xray.lambda_start.first_request": {"django"},  # runs when Django is loaded
    # Runs before anything else is there: it imports by name what it makes fast.
    "zappa_xray.lambda_start": set(),
    "zappa_xray.deployment": {
        *("boto3", "botocore", "click", "django", "environ", "urllib3", "zappa"),
        *("zappa_xray.stages", "zappa_xray.tracing", "zappa_xray.transaction_search"),
    },
    "zappa_xray.traceview": {
        *("boto3", "botocore", "django", "rich"),
        *("zappa_xray.stages", "zappa_xray.transaction_search"),
        "aws_xray_sdk.core.daemon_config",  # where the documents are sent to
        "aws_xray_sdk.core.exceptions",
        "aws_xray_sdk.core.xray_recorder",  # which trace an exception is of
    },
    "zappa_xray.superusers": {"django"},
    "zappa_xray.stages": set(),
    "zappa_xray.payloads": {"django", "zappa"},
    "zappa_xray.static_files": {"django", "whitenoise"},
    "zappa_xray.transaction_search": set(),
    "zappa_xray.testing": {"aws_xray_sdk", "pytest"},
    "zappa_xray": {"zappa_xray.tracing.background"},  # what lies beside the rooms: `traced`
}


def is_in(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def room_of(module: str) -> str:
    return next(room for room in MAY_IMPORT if is_in(module, room))


def strange(imports: Imports, room: str, may_import: set[str]) -> set[str]:
    """Return `module imports name` for what a room may not import."""
    own = {room} if room != "zappa_xray" else set()
    known = {*own, *may_import, *sys.stdlib_module_names}
    return {
        f"{module} imports {name}"
        for module, names in imports.items()
        if room_of(module) == room
        for name in names
        if not any(is_in(name, package) for package in known)
    }


def circle(imports: Imports) -> list[str]:
    """Return modules each of which imports the next, with the first as the last; none is best."""
    try:
        TopologicalSorter(between_modules(imports)).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found[::-1]
    return []


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_nothing_that_is_not_its_business(room: str) -> None:
    assert room in {room_of(module) for module in LIBRARY}
    assert strange(LIBRARY, room, MAY_IMPORT[room]) == set()


def test_deployment_knows_constants_of_tracing_and_nothing_else() -> None:
    names = {
        name
        for module, names in LIBRARY.items()
        if room_of(module) == "zappa_xray.deployment"
        for name in names
        if is_in(name, "zappa_xray.tracing")
    }
    assert {name for name in names if not name.rpartition(".")[2].isupper()} == set()


def test_no_modules_import_each_other() -> None:
    assert " -> ".join(circle(LIBRARY)) == ""


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        ({"a": "from pack import b", "b": "import json"}, []),
        ({"a": "from pack import b", "b": "import pack.a"}, ["a", "b"]),
        (
            {
                "a": "if TYPE_CHECKING:\n    from pack.b import B",
                "b": "def f():\n    from . import c",
                "c": "from .a import A",
            },
            ["a", "b", "c"],
        ),
    ],
)
def test_a_circle_is_found_however_it_is_written(
    tmp_path: Path, sources: dict[str, str], found: list[str]
) -> None:
    (tmp_path / "pack").mkdir()
    for name, source in sources.items():
        (tmp_path / "pack" / f"{name}.py").write_text(source)
    assert sorted(set(circle(imports_below(tmp_path / "pack")))) == [f"pack.{one}" for one in found]


def test_what_is_not_its_business_is_found() -> None:
    assert strange(LIBRARY, "zappa_xray.tracing", {"aws_xray_sdk", "wrapt"}) >= {
        "zappa_xray.tracing.apps imports django.apps.AppConfig"
    }
    service = {"zappa_xray.tracing.route": {"notes.models.Note", "json"}}
    assert strange(service, "zappa_xray.tracing", {"django"}) == {
        "zappa_xray.tracing.route imports notes.models.Note"
    }
