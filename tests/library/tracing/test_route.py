from typing import Any
from urllib.parse import quote

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path, re_path, register_converter
from django.utils.translation import activate
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing.route import NO_ROUTE, readable, route_of


@pytest.mark.parametrize(
    ("pattern", "route"),
    [
        ("", "/"),
        ("health/", "/health/"),
        ("api/notes/(?P<pk>[^/.]+)/$", "/api/notes/{id}/"),
        (r"api/notes/(?P<pk>[^/.]+)\.(?P<format>[a-z0-9]+)/?$", "/api/notes/{id}.{format}"),
        ("items/<int:pk>/parts/<name>/", "/items/{id}/parts/{name}/"),
        (r"^archive/(?P<year>[0-9]{4})/(?:page-(\d+)/)?$", "/archive/{year}/"),
        (r"^(\d+)/$", "/{0}/"),
        ("admin/notes/note/<path:object_id>/change/", "/admin/notes/note/{object_id}/change/"),
        (r"^(?:left|right)/$", "/(left|right)/"),
        (r"api/^notes|items/(?P<pk>(?:a|b)[(\)]+)\.json/$", "/api/notes|items/{id}.json/"),
        (r"^(?:v1|v2)/(?P<name>\w+)/(?:(?P<pk>\d+)|all)/?\Z", "/(v1|v2)/{name}/({id}|all)/"),
    ],
)
def test_a_pattern_reads_as_a_person_writes_it(pattern: str, route: str) -> None:
    assert readable(pattern) == route


@pytest.mark.urls("tests.library.tracing.urls")
@pytest.mark.parametrize(
    ("path", "route"),
    [("/items/7/parts/left/", "/items/{id}/parts/{name}/"), ("/nowhere/", NO_ROUTE)],
)
def test_the_route_of_a_request_is_known_before_its_view(path: str, route: str) -> None:
    assert route_of(RequestFactory().get(path)) == route


def urls(*patterns: Any) -> Any:
    return type("urls", (), {"urlpatterns": list(patterns)})


@pytest.mark.parametrize(
    ("path_info", "route"),
    [
        ("/c++/", "/c++/"),
        ("/what?/", "/what?/"),
        ("/a.b|c/(x)/7/", "/a.b|c/(x)/{id}/"),
        ("/c++/notes/7/", "/c++/notes/{id}/"),
        ("/v1/c++/", "/(v1|v2)/c++/"),
    ],
)
def test_what_path_is_given_is_no_expression(path_info: str, route: str) -> None:
    def view(request: HttpRequest, **_: Any) -> HttpResponse:
        raise NotImplementedError

    below = include([re_path(r"^notes/(?P<pk>[^/.]+)/$", view), path("", view)])
    patterns = urls(
        path("c++/", below),
        path("what?/", view),
        path("a.b|c/(x)/<int:pk>/", view),
        re_path("^(?:v1|v2)/", include([path("c++/", view)])),
    )
    with override_settings(ROOT_URLCONF=patterns):
        assert route_of(RequestFactory().get(quote(path_info))) == route


@pytest.mark.urls("no.such.module")
def test_urls_that_cannot_be_imported_give_no_route() -> None:
    assert route_of(RequestFactory().get("/")) is None


class Counting:
    """A converter that counts how often a URL is resolved."""

    regex = "[0-9]+"
    count = 0

    def to_python(self, value: str) -> int:
        Counting.count += 1
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Counting, "counting")


def view(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(str(pk))


urlpatterns = [path("one/<counting:pk>/", view), path("two/<counting:pk>/", view)]


class Changing:
    """A middleware that sends each request elsewhere, or speaks another language."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        request.path_info = request.path_info.replace("one", "two")
        activate("de")
        return self.get_response(request)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("number", [1, 2])
def test_a_url_is_resolved_once(trace_daemon: TraceDaemon, number: int) -> None:
    Counting.count = 0

    assert Client().get(f"/one/{number}/").content == str(number).encode()

    assert Counting.count == 1
    assert trace_daemon.documents[0]["annotations"]["route"] == "/one/{pk}/".replace("pk", "id")


@pytest.mark.urls(__name__)
def test_who_is_sent_elsewhere_gets_what_is_there(trace_daemon: TraceDaemon, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.Changing"]

    assert Client().get("/one/7/").content == b"7"

    first, *_, last = trace_daemon.documents
    assert first["annotations"]["route"] == "/one/{id}/"
    assert last["annotations"]["route"] == "/two/{id}/"


@pytest.mark.urls(__name__)
def test_a_404_stays_one_and_so_does_what_comes_after_it() -> None:
    assert Client().get("/nowhere/").status_code == 404
    assert Client().get("/one/1/").status_code == 200
    assert Client().get("/nowhere/").status_code == 404


@pytest.mark.urls(__name__)
def test_other_urls_are_resolved_as_such() -> None:
    route_of(RequestFactory().get("/one/1/"))

    with override_settings(ROOT_URLCONF="tests.library.tracing.urls"):
        assert Client().get("/one/1/").status_code == 404
        assert Client().get("/ok/").status_code == 200


@pytest.mark.urls("tests.library.tracing.urls_in_languages")
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_route_of_another_language_is_looked_for_again(settings: Any, language: str) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.Changing"]
    activate(language)

    assert Client().get("/de/one/").status_code == 200
    activate("de")
    assert Client().get("/en/one/").status_code == 404
    activate("en")
