"""Edits of Django's settings."""

from tests.second_day.changes import (
    SETTINGS,
    all_of,
    appended,
    replaced,
    setting,
    without_lines,
    written,
)
from tests.second_day.edit import Change, Edit
from tests.second_day.groups import EVERYTHING

XRAY = '    "zappa_xray.tracing.middleware.XRayMiddleware",\n'
COMMON = '    "django.middleware.common.CommonMiddleware",\n'
CORS = '    "corsheaders.middleware.CorsMiddleware",\n'
CORS_FIRST_LINE = (
    "    # First, so that a request that fails in any other middleware is traced as well.\n"
)


def installed(app: str) -> Change:
    """Add an app, beside others that are added."""
    change = replaced(SETTINGS, '    "accounts",\n', f'    "accounts",\n    "{app}",\n')
    return Change(change.make, frozenset({f"{SETTINGS}/INSTALLED_APPS/{app}"}))


EDITS = [
    Edit("language: German", setting("LANGUAGE_CODE", '"de"'), about=("language",)),
    Edit("time zone: Berlin", setting("TIME_ZONE", '"Europe/Berlin"'), about=("time",)),
    Edit("times without a zone", setting("USE_TZ", "False"), about=("time",)),
    Edit("log level: DEBUG", replaced(SETTINGS, 'or "INFO"', 'or "DEBUG"'), about=("logs",)),
    Edit("static files below /assets/", setting("STATIC_URL", '"/assets/"'), about=("static",)),
    Edit(
        "a transaction around each request",
        appended(SETTINGS, '\nDATABASES["default"]["ATOMIC_REQUESTS"] = True\n'),
        about=("database",),
    ),
    Edit(
        "a second database",
        replaced(
            SETTINGS,
            'BASE_DIR / "db.sqlite3"}\n}\n',
            'BASE_DIR / "db.sqlite3"}\n}\n'
            'DATABASES["archive"] = env.db_url(\n'
            '    "ARCHIVE_URL", default=f"sqlite:///{BASE_DIR / \'archive.sqlite3\'}"\n'
            ")\n",
        ),
        about=("database",),
    ),
    Edit(
        "a .env without docs, and with variables that are left empty",
        written(
            ".env", "DJANGO_API_DOCS=false\nDATABASE_URL=\nDJANGO_SECRET_KEY=\nDJANGO_DEBUG=\n"
        ),
        about=(EVERYTHING,),
    ),
    Edit(
        "a third required variable",
        replaced(
            SETTINGS,
            "    required = {\n",
            '    required = {\n        "MAIL_KEY": "the key of the mail service",\n',
        ),
        about=("environment",),
    ),
    Edit(
        "LocaleMiddleware",
        replaced(SETTINGS, COMMON, f'    "django.middleware.locale.LocaleMiddleware",\n{COMMON}'),
        about=(
            "language",
            "middleware",
        ),
    ),
    Edit(
        "CORS of an owner's own after the tracing middleware",
        all_of(
            installed("corsheaders"),
            replaced(SETTINGS, XRAY, XRAY + CORS),
            setting("CORS_EXPOSE_HEADERS", '["X-Own"]'),
        ),
        about=(
            "middleware",
            "cors",
        ),
    ),
    Edit(
        "HSTS for all subdomains",
        appended(SETTINGS, "\nSECURE_HSTS_INCLUDE_SUBDOMAINS = IN_LAMBDA\n"),
        about=("security",),
    ),
    Edit(
        "no limit of answers",
        without_lines(SETTINGS, "PayloadLimitMiddleware"),
        about=("middleware",),
    ),
    Edit(
        "scripts of an origin",
        written(".env", "DJANGO_CORS_ORIGINS=https://app.example.org\n"),
        about=(
            "middleware",
            "cors",
        ),
    ),
    Edit(
        "scripts of two origins, with cookies",
        all_of(
            setting("CORS_ALLOWED_ORIGINS", '["https://app.example.org", "https://example.org"]'),
            appended(SETTINGS, "\nCORS_ALLOW_CREDENTIALS = True\n"),
        ),
        about=(
            "middleware",
            "cors",
        ),
    ),
    Edit(
        "CORS before the tracing middleware",
        all_of(
            installed("corsheaders"),
            replaced(SETTINGS, CORS_FIRST_LINE, CORS + CORS_FIRST_LINE),
            setting("CORS_EXPOSE_HEADERS", '["X-Own"]'),
        ),
        red="Put zappa_xray.tracing.middleware.XRayMiddleware first",
        about=(
            "middleware",
            "cors",
        ),
    ),
    Edit(
        "without the tracing middleware",
        replaced(SETTINGS, XRAY, ""),
        red="The first entry of MIDDLEWARE is not zappa_xray.tracing.middleware.XRayMiddleware.",
        about=("middleware",),
    ),
]
