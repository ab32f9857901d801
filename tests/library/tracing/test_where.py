"""Where a late request is: the owner's innermost line below the view, or the name of the view."""

import os
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing import own

from tests.library.project.settings import TEMPLATES
from tests.library.tracing import stuck
from tests.library.tracing.serving import serve

pytestmark = [
    pytest.mark.urls("tests.library.tracing.stuck"),
    pytest.mark.django_db,  # a coroutine is run by Django in a thread that looks at connections
]

FILE = "tests/library/tracing/stuck.py"
PLACES = {
    "/function/": (FILE, "function"),
    "/partial/": (FILE, "with_an_argument"),
    "/deep/": (FILE, "deep"),
    "/feed/": (FILE, "items"),
    "/class/": (FILE, "get"),
    "/sleeps-in-a-coroutine/": (FILE, "sleeps_in_a_coroutine"),
    "/awaits/": (FILE, "awaits"),
    "/streams-in-a-coroutine/": (FILE, "pieces"),
    "/serialized/": (FILE, "get_name"),
    "/template/": (FILE, "render_to_response"),
    "/owners-template/": ("tests/library/tracing/templates/slow.html", ""),
    "/imports/": ("tests/library/tracing/slow_to_import.py", "<module>"),
    "/ok/?before": (FILE, "middleware"),
    "/ok/?after": (FILE, "middleware"),
}


def facts_of(daemon: TraceDaemon) -> dict[str, Any]:
    [child] = [one for one in daemon.documents if one["name"] == "deadline"]
    facts: dict[str, Any] = child["metadata"]["tracing"]["deadline"]
    return facts


@pytest.fixture(autouse=True)
def late() -> Any:
    middleware = [
        "zappa_xray.tracing.middleware.XRayMiddleware",
        "tests.library.tracing.stuck.slow_middleware",
    ]
    templates = [dict(TEMPLATES[0], DIRS=[Path(__file__).with_name("templates")])]
    with override_settings(
        XRAY_TRACING={"DEADLINE_SECONDS": 0.2}, MIDDLEWARE=middleware, TEMPLATES=templates
    ):
        yield


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous")
@pytest.mark.parametrize("path", PLACES)
def test_it_is_the_owners_innermost_line(trace_daemon: TraceDaemon, path: str) -> None:
    file, function = PLACES[path]

    assert serve(path)

    facts = facts_of(trace_daemon)
    where, _, label = facts["where"].partition(" ")
    assert (where.partition(":")[0], label) == (file, function)
    assert "not_worked_out" not in facts


@pytest.mark.parametrize(
    ("path", "view"),
    [("/in-a-library/", stuck.InALibrary), ("/librarys-feed/", stuck.LibrarysFeed)],
)
def test_a_library_that_waits_for_a_view_is_told_with_the_view(
    trace_daemon: TraceDaemon, path: str, view: type
) -> None:
    Client().get(path)

    name = f"a library, for {FILE.removesuffix('.py').replace('/', '.')}.{view.__name__}"
    assert facts_of(trace_daemon)["where"] == name


def test_the_stack_has_the_innermost_frames_and_none_outside_the_request(
    trace_daemon: TraceDaemon,
) -> None:
    Client().get("/function/")

    stack = [frame.partition(":")[0] for frame in facts_of(trace_daemon)["stack"]]
    assert stack[0] == "django/core/handlers/exception.py"
    assert stack[-2:] == [FILE, "/opt/python/library.py"]


@pytest.fixture
def flat_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as Lambda has it: a library beside the owner's own package."""
    for name in ("orders", "library"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / "code.py").write_text("import sys\n\nframe = sys._getframe()\n")
    information = tmp_path / "library-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Name: library\nVersion: 1.0\n")
    (information / "RECORD").write_text("library/__init__.py,,\nlibrary/code.py,sha256=x,12\n")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_library_beside_the_owners_package_is_no_code_of_the_owner(flat_package: Path) -> None:
    import library.code  # type: ignore[import-not-found]
    import orders.code  # type: ignore[import-not-found]

    try:
        assert own.is_own(orders.code.frame)
        assert not own.is_own(library.code.frame)
    finally:
        for name in ("orders", "orders.code", "library", "library.code"):
            del sys.modules[name]


def test_the_lists_of_installed_files_are_read_once_and_only_where_they_are_needed(
    flat_package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In the one second that is left, on a part of a CPU, reading is what takes time.
    read: list[str] = []

    def counting(path: Any, *arguments: Any, **options: Any) -> Any:
        read.append(str(path))
        return open(path, *arguments, **options)

    monkeypatch.setattr(own, "open", counting, raising=False)

    assert not own.is_own_file(f"{os.path.dirname(os.__file__)}/threading.py")
    assert not own.is_own_file("/srv/lib/site-packages/django/views.py")
    assert read == []
    for _ in range(3):
        assert own.is_own_file(str(flat_package / "orders" / "code.py"))
        assert not own.is_own_file(str(flat_package / "library" / "code.py"))
    assert read == [str(flat_package / "library-1.0.dist-info" / "RECORD")]


@pytest.mark.parametrize(
    "path",
    [
        "<frozen importlib._bootstrap>",
        "<string>",
        "/var/runtime/bootstrap.py",
        "/var/runtime/awslambdaric/bootstrap.py",
        "/var/lang/lib/python3.13/threading.py",
        "/opt/python/library.py",
        "/srv/.venv/lib/python3.13/site-packages/django/views/base.py",
        types.__file__,
        own.__file__,
    ],
)
def test_what_is_no_file_of_the_service_is_not_the_owners(path: str) -> None:
    assert not own.is_own_file(path)
    assert own.is_own_file("/var/task/orders/views.py")
    assert own.is_own_file(stuck.__file__)
