"""Edits of the URLs: pages that move, and pages that go."""

from tests.second_day.changes import (
    all_of,
    deleted,
    formatted,
    replaced,
    setting,
    without_lines,
    without_test,
)
from tests.second_day.edit import Edit
from tests.second_day.groups import EVERYTHING

URLS, DOCS = "config/urls.py", "config/docs.py"
PAGES = "tests/test_pages.py"

COMMON = '    "django.middleware.common.CommonMiddleware",\n'

SIGNED_IN = """\
SPECTACULAR_SETTINGS = {
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
"""

EDITS = [
    Edit(
        "the API moves to /v1/",
        replaced(URLS, 'path("api/", ', 'path("v1/", '),
        about=("addresses/api",),
    ),
    Edit(
        "the docs move to /docs/",
        replaced(DOCS, '"api/docs/"', '"docs/"'),
        about=("addresses/docs",),
    ),
    Edit(
        "the admin moves to /staff/",
        replaced(URLS, '"admin/"', '"staff/"'),
        about=("addresses/admin",),
    ),
    Edit(
        "the health check moves to /up/",
        replaced(URLS, '"health/"', '"up/"'),
        about=("addresses/health",),
    ),
    Edit(
        "readiness moves to /up/database/",
        replaced(URLS, '"ready/"', '"up/database/"'),
        about=("addresses/ready",),
    ),
    Edit(
        "no health check",
        all_of(
            without_lines(URLS, "health", 2),
            without_lines(URLS, "ready"),
            deleted("config/health.py"),
            without_test(PAGES, "test_health_answers_without_a_database"),
            without_test(PAGES, "test_ready_asks_the_database"),
            formatted(),
        ),
        about=(
            "addresses/health",
            "addresses/ready",
        ),
    ),
    Edit(
        "no docs and no schema",
        all_of(
            replaced(
                URLS,
                """\
if settings.API_DOCS:
    urlpatterns.append(path("", include_when_asked("config.docs")))
""",
                "",
            ),
            deleted(DOCS),
            without_test(PAGES, "test_the_docs_and_their_requests_are_below_the_stage"),
            formatted(),
        ),
        about=("addresses/docs",),
    ),
    Edit(
        "docs for whoever signed in",
        replaced("config/settings.py", "SPECTACULAR_SETTINGS = {\n", SIGNED_IN),
        about=("addresses/docs",),
    ),
    Edit(
        "no admin",
        all_of(
            without_lines("config/settings.py", '"django.contrib.admin"'),
            without_lines(URLS, "admin"),
            deleted("config/admin.py"),
            without_test(PAGES, "test_the_admin_and_its_styles_are_below_the_stage"),
            formatted(),
        ),
        about=("addresses/admin",),
    ),
    Edit(
        "each page has its language in its address",
        all_of(
            replaced(
                "config/settings.py",
                COMMON,
                f'    "django.middleware.locale.LocaleMiddleware",\n{COMMON}',
            ),
            replaced(
                URLS,
                "if settings.API_DOCS:",
                "urlpatterns = i18n_patterns(*urlpatterns)\nif settings.API_DOCS:",
            ),
            replaced(
                URLS,
                "from django.urls import",
                "from django.conf.urls.i18n import i18n_patterns\nfrom django.urls import",
            ),
        ),
        about=(
            "addresses",
            "language",
            "middleware",
        ),
    ),
    Edit("the docs are off unless asked for", setting("API_DOCS", "False"), about=(EVERYTHING,)),
    Edit(
        "a page at /",
        all_of(
            replaced(
                URLS,
                "URLResolver] = [\n",
                'URLResolver] = [\n    path("", TemplateView.as_view(template_name="index.html")),\n',
            ),
            replaced(
                URLS,
                "from zappa_xray.urls",
                "from django.views.generic import TemplateView\nfrom zappa_xray.urls",
            ),
        ),
        about=("addresses/root",),
    ),
]
