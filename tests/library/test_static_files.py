"""Static files are served as WhiteNoise serves them, and a process that serves none lists none."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from zappa_xray.static_files import StaticFilesMiddleware

# A response that is closed looks after its process's connections.
pytestmark = pytest.mark.django_db


@pytest.fixture
def middleware(tmp_path: Path, settings: Any) -> Iterator[StaticFilesMiddleware]:
    """The middleware before a view that answers 404 to everything, with a file `static/own.css`."""
    (tmp_path / "own.css").write_text("a {}")
    settings.STATICFILES_DIRS = [tmp_path]
    settings.WHITENOISE_USE_FINDERS = True
    cached: Any = finders.get_finder
    cached.cache_clear()
    yield StaticFilesMiddleware(view)
    cached.cache_clear()


def asked() -> int:
    """Return how many finders were asked for."""
    cached: Any = finders.get_finder
    return int(cached.cache_info().currsize)


def view(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=HTTPStatus.NOT_FOUND)


def status(middleware: StaticFilesMiddleware, path: str) -> int:
    response = middleware(RequestFactory().get(path))
    response.close()
    return response.status_code


def test_a_process_lists_static_files_when_one_is_asked_for(
    middleware: StaticFilesMiddleware,
) -> None:
    assert status(middleware, "/api/notes/") == HTTPStatus.NOT_FOUND
    assert middleware.files == {}
    assert asked() == 0
    assert status(middleware, "/static/own.css") == HTTPStatus.OK
    assert status(middleware, "/static/absent.css") == HTTPStatus.NOT_FOUND
    assert "/static/own.css" in middleware.files
    assert asked() > 0


def test_files_are_listed_once(middleware: StaticFilesMiddleware, tmp_path: Path) -> None:
    status(middleware, "/static/own.css")
    (tmp_path / "later.css").write_text("")
    assert status(middleware, "/static/later.css") == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("debug", [True, False])
def test_while_debugging_and_without_finders_it_is_whitenoise_s_own(
    tmp_path: Path, settings: Any, debug: bool
) -> None:
    (tmp_path / "own.css").write_text("a {}")
    settings.STATICFILES_DIRS = [tmp_path]
    settings.DEBUG = settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = debug
    middleware = StaticFilesMiddleware(view)
    assert status(middleware, "/static/own.css") == (
        HTTPStatus.OK if debug else HTTPStatus.NOT_FOUND
    )
    assert middleware.files == {}
