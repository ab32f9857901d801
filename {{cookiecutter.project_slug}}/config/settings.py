"""Settings, the same file everywhere: read from the environment, locally also from `.env`.

Nothing set means a closed service; what is needed in Lambda and missing is named all at once.
"""

import os
import secrets
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

# The X-Ray SDK decides in the same way whether it runs in Lambda.
IN_LAMBDA = "LAMBDA_TASK_ROOT" in os.environ

env = environ.Env()
if not IN_LAMBDA:
    env.read_env(BASE_DIR / ".env")

if IN_LAMBDA:
    required = {
        "DJANGO_SECRET_KEY": "a long random text that no other stage uses",
        "DATABASE_URL": "such as {{ cookiecutter.__database_scheme }}://user:password@host/name",
    }
    if not os.environ.get("AWS_REGION"):
        required["DJANGO_ALLOWED_HOSTS"] = "the host names that it answers, with commas between"
    missing = [f"{name} ({meaning})" for name, meaning in required.items() if not env.str(name, "")]
    if missing:
        raise ImproperlyConfigured("The environment of the function lacks: " + ", ".join(missing))

# Core

DEBUG = env.bool("DJANGO_DEBUG", default=False)
# Outside Lambda a missing key is made up: one that outlives the reloader while debugging, else one
# that lasts as long as the process and that nobody knows.
SECRET_KEY = env.str("DJANGO_SECRET_KEY", default=None) or (
    f"django-insecure-{BASE_DIR}" if DEBUG else secrets.token_urlsafe(50)
)
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=[]) or (
    # The API's own address is known only after the first deploy, its region's domain before.
    [f".execute-api.{os.environ['AWS_REGION']}.amazonaws.com"]
    if IN_LAMBDA
    else ["localhost", "127.0.0.1", "[::1]"]
)
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework.authtoken",
    "aws_xray_sdk.ext.django",
    "zappa_xray.tracing",
    "accounts",
    "notes",
]
if not IN_LAMBDA:  # neither is in the package
    INSTALLED_APPS.insert(0, "zappa_xray.traceview")  # its runserver extends that of staticfiles
    INSTALLED_APPS.append("zappa_xray.deployment")

MIDDLEWARE = [
    # First, so that a request that fails in any other middleware is traced as well.
    "zappa_xray.tracing.middleware.XRayMiddleware",
    "zappa_xray.payloads.PayloadLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "zappa_xray.static_files.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# Browsers: scripts of these origins, such as https://app.example.org, may read what is answered.

CORS_ALLOWED_ORIGINS = env.list("DJANGO_CORS_ORIGINS", default=[])
# What they may read beside the body. A REST API gives WWW-Authenticate the other name.
CORS_EXPOSE_HEADERS = ["Retry-After", "X-Amzn-Remapped-WWW-Authenticate", "X-Amzn-Trace-Id"]
if CORS_ALLOWED_ORIGINS:
    INSTALLED_APPS.append("corsheaders")
    MIDDLEWARE.insert(1, "corsheaders.middleware.CorsMiddleware")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL")
    if env.str("DATABASE_URL", default="")
    else {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}
}
if "." not in DATABASES["default"].get("ENGINE", ""):
    raise ImproperlyConfigured("DATABASE_URL is not {{ cookiecutter.__database_scheme }}://user:password@host/name")
DATABASE_CA_BUNDLE = env.str("DATABASE_CA_BUNDLE", default="")
if DATABASE_CA_BUNDLE and not (BASE_DIR / DATABASE_CA_BUNDLE).is_file():
    raise ImproperlyConfigured(
        f"DATABASE_CA_BUNDLE is {DATABASE_CA_BUNDLE}, and there is no such file in the service's "
        "folder; into the package it gets by `include` in zappa_settings.json"
    )
for database in DATABASES.values():
    # A Lambda process serves one request at a time and is frozen between two: it keeps a connection,
    # looks whether it still lives before each request, and gives up long before API Gateway does (29 s).
    database |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    if database["ENGINE"] != "django.db.backends.sqlite3":
        options = database.setdefault("OPTIONS", {})
        options.setdefault("connect_timeout", 5)
{%- if cookiecutter.database == "mysql" %}
        # PyMySQL's connect_timeout ends when TCP connects; this one is for each answer of the server.
        options.setdefault("read_timeout", 25)
        if DATABASE_CA_BUNDLE:  # TLS, and the server's certificate and name are verified
            options |= {"ssl_ca": str(BASE_DIR / DATABASE_CA_BUNDLE)}
            options |= {"ssl_verify_cert": True, "ssl_verify_identity": True}
{%- else %}
        if DATABASE_CA_BUNDLE:  # TLS, and the server's certificate and name are verified
            options |= {"sslmode": "verify-full", "sslrootcert": str(BASE_DIR / DATABASE_CA_BUNDLE)}
{%- endif %}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Users and security

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_COOKIE_SECURE = IN_LAMBDA
CSRF_COOKIE_SECURE = IN_LAMBDA
SECURE_HSTS_SECONDS = 31_536_000 if IN_LAMBDA else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS of subdomains: below example.org may be what knows HTTP only
    "security.W008",  # redirect to HTTPS: API Gateway answers on HTTPS only
    "security.W021",  # HSTS preload: a decision about the whole domain, not about one service
]

# Language, time, static files

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.stage.StageStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # served from the packages themselves: no collectstatic, no bucket

# REST API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": [
        "rest_framework.filters.SearchFilter",
        "rest_framework.filters.OrderingFilter",
    ],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
    # Counted in each Lambda process by itself: a brake, not a quota. API Gateway's usage plans are one.
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": "600/min", "login": "5/min"},
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Schema and docs page are open to whoever knows the address: so not in Lambda, unless asked for.
API_DOCS = env.bool("DJANGO_API_DOCS", default=not IN_LAMBDA)
if API_DOCS:
    INSTALLED_APPS += ["drf_spectacular", "drf_spectacular_sidecar"]
    REST_FRAMEWORK["DEFAULT_SCHEMA_CLASS"] = "drf_spectacular.openapi.AutoSchema"
SPECTACULAR_SETTINGS = {
    "TITLE": {{ cookiecutter.__project_name_quoted }},
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,  # what is sent and what is answered differ
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.stage.add_server",
    ],
}

# AWS X-Ray: what the SDK reads, every key it has. The environment variables
# AWS_XRAY_DAEMON_ADDRESS, AWS_XRAY_CONTEXT_MISSING and AWS_XRAY_TRACING_NAME beat these values.

XRAY_RECORDER = {
    # Name of the service in the service map. X-Ray strips ?;*()!$~^<> from it; a check refuses them.
    "AWS_XRAY_TRACING_NAME": "{{ cookiecutter.project_slug }}",
    # Where the documents go. Lambda sets it in the environment; locally nobody need listen.
    "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
    # What the SDK does with work outside any request. `tracing` records none of it, and silently.
    "AWS_XRAY_CONTEXT_MISSING": "IGNORE_ERROR",
    # SQL queries and templates become subsegments.
    "AUTO_INSTRUMENT": True,
    # The text of each query is recorded, with placeholders: its parameters never are.
    "STREAM_SQL": True,
    # Libraries patched at start. None: the database driver would record each query twice
    # (https://github.com/aws/aws-xray-sdk-python/issues/490); see PATCH_ON_IMPORT for the others.
    "PATCH_MODULES": [],
    # Modules of the service itself that PATCH_MODULES would leave alone.
    "IGNORE_MODULE_PATTERNS": [],
    # A segment around the patching, for libraries that make calls when they are imported.
    "AUTO_PATCH_PARENT_SEGMENT_NAME": None,
    # False: outside Lambda every request is traced. In Lambda the function's segment decides.
    "SAMPLING": False,
    # Rules and sampler for SAMPLING = True; in Lambda neither is used.
    "SAMPLING_RULES": None,
    "SAMPLER": None,
    # EC2, ECS and Elastic Beanstalk only.
    "PLUGINS": (),
    # A pattern of host names that name the segment in place of AWS_XRAY_TRACING_NAME.
    "DYNAMIC_NAMING": None,
    # Subsegments held back before they are sent. In Lambda any number loses all of them.
    "STREAMING_THRESHOLD": None,
    # Frames of a stack that the SDK records for a failed query or call.
    "MAX_TRACE_BACK": 10,
    # The full URL, the clients' addresses and the user agent as indexed annotations. Only the
    # string "NONE" turns it off, None does not.
    "URLS_AS_ANNOTATION": "NONE",
}

# What zappa_xray.tracing reads; vendor/zappa-xray/README.md tells more of each.

XRAY_TRACING = {
    # What may hold personal data and is recorded all the same: of "query_string",
    # "client_address", "user_agent" and "exception_message".
    "RECORD": ["exception_message"],
    # Seconds after which a request counts as timed out: API Gateway gives up after 29.
    "DEADLINE_SECONDS": 29,
    # Seconds before the end of the function's time at which it counts as timed out at the latest.
    "MARGIN_SECONDS": 1,
    # Subsegments sent for one request; later ones that are quick and succeed are only counted.
    "MAX_SUBSEGMENTS": 500,
    # Libraries whose calls become subsegments, patched when something imports them.
    "PATCH_ON_IMPORT": ["botocore", "requests", "httpx"],
    # Print the stack of a request stuck in C code; costs each request a thread of `faulthandler`.
    "FAULTHANDLER": False,
    # Leave the path of a 4xx in Django's log lines, where its route stands otherwise.
    "LOG_PATHS": False,
}

# Logs: JSON in Lambda, with the ids that lead from a line to its trace and its invocation

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"trace_context": {"()": "zappa_xray.tracing.logs.TraceContextFilter"}},
    "formatters": {
        "json": {"()": "zappa_xray.tracing.json_lines.JsonFormatter"},
        "line": {"format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["trace_context"],
            "formatter": "json" if IN_LAMBDA else "line",
        },
    },
    "root": {
        "handlers": ["console"],
        "level": env.str("DJANGO_LOG_LEVEL", default="").upper() or "INFO",
    },
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        # At DEBUG the SDK prints each document that it sends.
        "aws_xray_sdk": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},  # at INFO it says where it found the credentials
        # Zappa's access log holds query strings and client addresses.
        "zappa.wsgi": {"level": "WARNING"},
    },
}
