"""Edits of Django's and REST framework's settings."""

from tests.second_day.edit import (
    Change,
    Edit,
    all_of,
    appended,
    make,
    replaced,
    setting,
    without_lines,
    written,
)

SETTINGS = "config/settings.py"
XRAY = '    "zappa_xray.tracing.middleware.XRayMiddleware",\n'
COMMON = '    "django.middleware.common.CommonMiddleware",\n'
CORS = '    "corsheaders.middleware.CorsMiddleware",\n'
CORS_FIRST_LINE = (
    "    # First, so that a request that fails in any other middleware is traced as well.\n"
)
PROBLEMS = """\
from rest_framework.views import exception_handler


def problems(error, context):
    response = exception_handler(error, context)
    if response is not None:
        response.data = {"errors": response.data}
    return response
"""


def rest(key: str, value: str) -> Change:
    """Give a key of REST_FRAMEWORK another value."""
    return appended(SETTINGS, f'\nREST_FRAMEWORK["{key}"] = {value}\n')


def installed(app: str) -> Change:
    """Add an app."""
    return replaced(SETTINGS, '    "accounts",\n', f'    "accounts",\n    "{app}",\n')


EDITS = [
    Edit("language: German", setting("LANGUAGE_CODE", '"de"')),
    Edit("time zone: Berlin", setting("TIME_ZONE", '"Europe/Berlin"')),
    Edit("times without a zone", setting("USE_TZ", "False")),
    Edit("log level: DEBUG", replaced(SETTINGS, 'or "INFO"', 'or "DEBUG"')),
    Edit("static files below /assets/", setting("STATIC_URL", '"/assets/"')),
    Edit(
        "a transaction around each request",
        appended(SETTINGS, '\nDATABASES["default"]["ATOMIC_REQUESTS"] = True\n'),
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
    ),
    Edit(
        "a .env without docs, and with variables that are left empty",
        written(
            ".env", "DJANGO_API_DOCS=false\nDATABASE_URL=\nDJANGO_SECRET_KEY=\nDJANGO_DEBUG=\n"
        ),
    ),
    Edit(
        "a third required variable",
        replaced(
            SETTINGS,
            "    required = {\n",
            '    required = {\n        "MAIL_KEY": "the key of the mail service",\n',
        ),
    ),
    Edit(
        "LocaleMiddleware",
        replaced(SETTINGS, COMMON, f'    "django.middleware.locale.LocaleMiddleware",\n{COMMON}'),
    ),
    Edit(
        "CORS of an owner's own after the tracing middleware",
        all_of(
            installed("corsheaders"),
            replaced(SETTINGS, XRAY, XRAY + CORS),
            setting("CORS_EXPOSE_HEADERS", '["X-Own"]'),
        ),
    ),
    Edit(
        "HSTS for all subdomains",
        appended(SETTINGS, "\nSECURE_HSTS_INCLUDE_SUBDOMAINS = IN_LAMBDA\n"),
    ),
    Edit("no limit of answers", without_lines(SETTINGS, "PayloadLimitMiddleware")),
    Edit("scripts of an origin", written(".env", "DJANGO_CORS_ORIGINS=https://app.example.org\n")),
    Edit(
        "scripts of two origins, with cookies",
        all_of(
            setting("CORS_ALLOWED_ORIGINS", '["https://app.example.org", "https://example.org"]'),
            appended(SETTINGS, "\nCORS_ALLOW_CREDENTIALS = True\n"),
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
    ),
    Edit(
        "without the tracing middleware",
        replaced(SETTINGS, XRAY, ""),
        red="The first entry of MIDDLEWARE is not zappa_xray.tracing.middleware.XRayMiddleware.",
    ),
    Edit(
        "pages by limit and offset",
        rest("DEFAULT_PAGINATION_CLASS", '"rest_framework.pagination.LimitOffsetPagination"'),
    ),
    Edit(
        "no pages",
        all_of(rest("DEFAULT_PAGINATION_CLASS", "None"), rest("PAGE_SIZE", "None")),
    ),
    Edit(
        "no pages, but a size of pages",
        rest("DEFAULT_PAGINATION_CLASS", "None"),
        red="You have specified a default PAGE_SIZE pagination rest_framework setting",
    ),
    Edit("two notes on a page", setting("PAGE_SIZE", "2")),
    Edit(
        "pages by cursor",
        all_of(
            replaced(
                "notes/views.py",
                "class NoteViewSet(",
                "class NotePages(CursorPagination):\n"
                '    ordering = "-created_at"\n'
                "\n\n"
                "class NoteViewSet(",
            ),
            replaced(
                "notes/views.py",
                "    serializer_class = NoteSerializer\n",
                "    serializer_class = NoteSerializer\n    pagination_class = NotePages\n",
            ),
            replaced(
                "notes/views.py",
                "from rest_framework.permissions",
                "from rest_framework.pagination import CursorPagination\n"
                "from rest_framework.permissions",
            ),
        ),
    ),
    Edit(
        "permissions: everybody",
        rest("DEFAULT_PERMISSION_CLASSES", '["rest_framework.permissions.AllowAny"]'),
    ),
    Edit(
        "permissions: those of the model, for whoever signed in",
        rest(
            "DEFAULT_PERMISSION_CLASSES",
            '["rest_framework.permissions.DjangoModelPermissions"]',
        ),
    ),
    Edit(
        "the browsable API too",
        rest(
            "DEFAULT_RENDERER_CLASSES",
            "[\n"
            '    "rest_framework.renderers.JSONRenderer",\n'
            '    "rest_framework.renderers.BrowsableAPIRenderer",\n'
            "]",
        ),
    ),
    Edit(
        "the browsable API first",
        rest(
            "DEFAULT_RENDERER_CLASSES",
            "[\n"
            '    "rest_framework.renderers.BrowsableAPIRenderer",\n'
            '    "rest_framework.renderers.JSONRenderer",\n'
            "]",
        ),
    ),
    Edit(
        "forms and uploads as bodies",
        rest(
            "DEFAULT_PARSER_CLASSES",
            "[\n"
            '    "rest_framework.parsers.JSONParser",\n'
            '    "rest_framework.parsers.FormParser",\n'
            '    "rest_framework.parsers.MultiPartParser",\n'
            "]",
        ),
    ),
    Edit(
        "errors in a form of their own",
        all_of(
            written("config/problems.py", PROBLEMS),
            rest("EXCEPTION_HANDLER", '"config.problems.problems"'),
        ),
    ),
    Edit("throttles: one request a minute", rest("DEFAULT_THROTTLE_RATES", '{"user": "1/min"}')),
    Edit("throttles: none", rest("DEFAULT_THROTTLE_CLASSES", "[]")),
    Edit(
        "filters by field",
        all_of(
            installed("django_filters"),
            rest(
                "DEFAULT_FILTER_BACKENDS",
                '["django_filters.rest_framework.DjangoFilterBackend"]',
            ),
            replaced(
                "notes/views.py",
                "    serializer_class = NoteSerializer\n",
                '    serializer_class = NoteSerializer\n    filterset_fields = ["title"]\n',
            ),
        ),
    ),
    Edit(
        "JWT in place of tokens",
        all_of(
            rest(
                "DEFAULT_AUTHENTICATION_CLASSES",
                '["rest_framework_simplejwt.authentication.JWTAuthentication"]',
            ),
            replaced(
                "config/urls.py",
                "from config.health",
                "from rest_framework_simplejwt.views import TokenObtainPairView\n\nfrom config.health",
            ),
            replaced(
                "config/urls.py",
                "URLResolver] = [\n",
                'URLResolver] = [\n    path("api/jwt/", TokenObtainPairView.as_view()),\n',
            ),
            make("format"),
        ),
    ),
]
