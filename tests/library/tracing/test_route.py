import pytest
from django.test import RequestFactory
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
        (r"^(?:left|right)/$", "/^(?:left|right)/$"),
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


@pytest.mark.urls("no.such.module")
def test_urls_that_cannot_be_imported_give_no_route() -> None:
    assert route_of(RequestFactory().get("/")) is None
