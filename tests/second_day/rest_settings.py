"""Edits of REST framework's settings."""

from tests.second_day.changes import (
    SETTINGS,
    all_of,
    appended,
    formatted,
    replaced,
    setting,
    written,
)
from tests.second_day.django_settings import installed
from tests.second_day.edit import Change, Edit

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


EDITS = [
    Edit(
        "pages by limit and offset",
        rest("DEFAULT_PAGINATION_CLASS", '"rest_framework.pagination.LimitOffsetPagination"'),
        about=("rest_settings/pages",),
    ),
    Edit(
        "no pages",
        all_of(rest("DEFAULT_PAGINATION_CLASS", "None"), rest("PAGE_SIZE", "None")),
        about=("rest_settings/pages",),
    ),
    Edit(
        "no pages, but a size of pages",
        rest("DEFAULT_PAGINATION_CLASS", "None"),
        red="You have specified a default PAGE_SIZE pagination rest_framework setting",
        about=("rest_settings/pages",),
    ),
    Edit("two notes on a page", setting("PAGE_SIZE", "2"), about=("rest_settings/pages",)),
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
        about=("rest_settings/pages",),
    ),
    Edit(
        "permissions: everybody",
        rest("DEFAULT_PERMISSION_CLASSES", '["rest_framework.permissions.AllowAny"]'),
        about=("rest_settings/permissions",),
    ),
    Edit(
        "permissions: those of the model, for whoever signed in",
        rest(
            "DEFAULT_PERMISSION_CLASSES",
            '["rest_framework.permissions.DjangoModelPermissions"]',
        ),
        about=("rest_settings/permissions",),
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
        about=("rest_settings/renderers",),
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
        about=("rest_settings/renderers",),
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
        about=("rest_settings/parsers",),
    ),
    Edit(
        "errors in a form of their own",
        all_of(
            written("config/problems.py", PROBLEMS),
            rest("EXCEPTION_HANDLER", '"config.problems.problems"'),
        ),
        about=("rest_settings/errors",),
    ),
    Edit(
        "throttles: one request a minute",
        rest("DEFAULT_THROTTLE_RATES", '{"user": "1/min"}'),
        about=("rest_settings/throttles",),
    ),
    Edit(
        "throttles: none",
        rest("DEFAULT_THROTTLE_CLASSES", "[]"),
        about=("rest_settings/throttles",),
    ),
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
        about=("rest_settings/filters",),
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
            formatted(),
        ),
        about=("rest_settings/authentication",),
    ),
]
