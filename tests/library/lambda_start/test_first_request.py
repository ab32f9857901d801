"""The first request loads no module and compiles no expression of Django's that each one needs."""

import importlib

import pytest
from zappa_xray.lambda_start import first_request

from tests.library.lambda_start.process import run

START = """
import json, re, sys
from re import _compiler
import django
from django.conf import settings

APPS = ["auth", "contenttypes", "messages", "sessions"]
settings.configure(
    DEBUG=False, SECRET_KEY="none", ALLOWED_HOSTS=["a.example"], ROOT_URLCONF="__main__",
    INSTALLED_APPS=[f"django.contrib.{app}" for app in APPS],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    **MORE,
)
django.setup()
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import path, get_resolver
from django.contrib.contenttypes.models import ContentType

def view(request):
    cache.get("key")
    ContentType.objects.order_by("-id").query.get_compiler("default").as_sql()
    return HttpResponse("text")

urlpatterns = [path("", view)]
handler = WSGIHandler()
from zappa_xray.lambda_start import first_request
"""
REQUEST = """
before, compiled = set(sys.modules), []
compile_, _compiler.compile = _compiler.compile, lambda pattern, flags=0: (
    compiled.append(pattern), compile_(pattern, flags))[1]
import io
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "SERVER_NAME": "a.example", "SERVER_PORT": "443",
           "HTTP_HOST": "a.example", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "https"}
handler(environ, lambda status, headers: None)
from django.http import HttpRequest
request = HttpRequest(); request.META = environ; request.get_host()
print(json.dumps([
    sorted(name for name in set(sys.modules) - before if name.startswith("django.")),
    [str(pattern) for pattern in compiled if "host" in str(pattern) or "charset" in str(pattern)],
]))
"""


@pytest.mark.parametrize("loaded", [True, False])
def test_a_request_loads_nothing_that_was_loaded_ahead(loaded: bool) -> None:
    ahead = "first_request.load()\n" if loaded else ""
    modules, expressions = run(f"MORE = {{}}\n{START}{ahead}{REQUEST}")
    assert (modules == []) is loaded
    assert (expressions == []) is loaded


def test_a_cache_whose_library_is_not_installed_fails_where_it_is_used() -> None:
    caches = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "other": {"BACKEND": "a_library_that_is_not_there.Cache"},
    }
    modules, _ = run(f"MORE = {{'CACHES': {caches!r}}}\n{START}first_request.load()\n{REQUEST}")
    assert modules == []


@pytest.mark.parametrize(("module", "path"), first_request.EXPRESSIONS.items())
def test_this_version_of_django_has_the_expression(module: str, path: str) -> None:
    found = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    assert hasattr(found, "pattern")
