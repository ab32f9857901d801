"""The host that a request names, looked at once for all requests that name the same."""

from functools import lru_cache
from typing import Any

from django.core.signals import setting_changed
from django.http import HttpRequest


def known_host(request: HttpRequest) -> str:
    """What `request.get_host()` says. Raises DisallowedHost."""
    host = request.META.get("HTTP_HOST")
    if host is None or "HTTP_X_FORWARDED_HOST" in request.META:
        return request.get_host()
    return _allowed(host)


@lru_cache(maxsize=64)
def _allowed(host: str) -> str:
    request = HttpRequest()
    request.META = {"HTTP_HOST": host}
    return request.get_host()


def _forget(setting: str, **signal: Any) -> None:
    if setting in ("ALLOWED_HOSTS", "DEBUG"):
        _allowed.cache_clear()


setting_changed.connect(_forget, dispatch_uid="zappa_xray.hosts")
