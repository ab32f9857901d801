"""What Django loads with the first request and needs in nearly every one: loaded before one waits."""

from contextlib import suppress
from importlib import import_module
from typing import Any

# Those that compile what they have to only when they are asked for the pattern.
EXPRESSIONS = {
    "django.core.cache.backends.base": "memcached_error_chars_re",
    "django.core.signing": "_SEP_UNSAFE",
    "django.db.models.sql.compiler": "SQLCompiler.ordering_parts",
    "django.db.models.sql.query": "FORBIDDEN_ALIAS_PATTERN",
    "django.http.request": "host_validation_re",
    "django.http.response": "_charset_from_content_type_re",
    "django.utils.text": "smart_split_re",
}
# What these import is named by a setting.
OF_MIDDLEWARE = {
    "django.contrib.messages.middleware.MessageMiddleware": "MESSAGE_STORAGE",
    "django.contrib.sessions.middleware.SessionMiddleware": "SESSION_SERIALIZER",
}


def load() -> None:
    """Import what the settings name, and work out what Django keeps once it has been asked for it.

    No connection is made. What cannot be imported fails where it is used, as it would anyway.
    """
    from django.apps import apps
    from django.conf import settings
    from django.db import DEFAULT_DB_ALIAS, connections
    from django.utils.timezone import get_default_timezone

    get_default_timezone()
    for model in apps.get_models()[:1]:
        _ = model._meta.related_objects  # relates all models, at once
    connections[DEFAULT_DB_ALIAS].ops.compiler("SQLCompiler")
    named = [cache["BACKEND"] for cache in settings.CACHES.values()]
    named += [
        getattr(settings, setting)
        for middleware, setting in OF_MIDDLEWARE.items()
        if middleware in settings.MIDDLEWARE
    ]
    for path in named:
        with suppress(ImportError):
            import_module(path.rpartition(".")[0])
    for module, path in EXPRESSIONS.items():
        compile_expression(module, path)


def compile_expression(module: str, path: str) -> None:
    """Compile one of Django's expressions; where another version has none of that name, do nothing."""
    found: Any = import_module(module)
    for name in path.split("."):
        found = getattr(found, name, None)
    _ = getattr(found, "pattern", None)
