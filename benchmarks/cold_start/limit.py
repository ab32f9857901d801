"""The handler of the limit: Django and REST framework loaded from bytecode, and nothing else done."""

import json

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
django.setup()

import django.core.handlers.wsgi
import rest_framework.routers
import rest_framework.viewsets  # noqa: F401  # its import is what is measured


def lambda_handler(event: object, context: object) -> dict[str, object]:
    return {"statusCode": 200, "headers": {}, "body": json.dumps({"status": "ok"})}
