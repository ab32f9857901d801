from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
SECRET_KEY = "not-a-secret" * 5
ALLOWED_HOSTS = ["localhost", "testserver"]
ROOT_URLCONF = "tests.library.project.urls"
USE_TZ = True

INSTALLED_APPS = [
    "zappa_xray.traceview",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "rest_framework",
    "aws_xray_sdk.ext.django",
    "zappa_xray.tracing",
    "zappa_xray.deployment",
]
MIDDLEWARE = [
    "zappa_xray.tracing.middleware.XRayMiddleware",
    "django.middleware.common.CommonMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "/static/"
# Django's own takes a third of a second for each password, so that nobody guesses it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
REST_FRAMEWORK = {
    "DEFAULT_THROTTLE_RATES": {"anon": None, "user": None},
    "UNAUTHENTICATED_USER": None,
}

XRAY_RECORDER = {
    "AWS_XRAY_TRACING_NAME": "library",
    "AWS_XRAY_CONTEXT_MISSING": "IGNORE_ERROR",
    "AUTO_INSTRUMENT": True,
    "STREAM_SQL": True,
    "PATCH_MODULES": [],
    "SAMPLING": False,
    "URLS_AS_ANNOTATION": "NONE",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"trace_context": {"()": "zappa_xray.tracing.logs.TraceContextFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["trace_context"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"aws_xray_sdk": {"level": "WARNING"}, "botocore": {"level": "WARNING"}},
}
