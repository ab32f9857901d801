"""Addresses of a service's own."""

from typing import Any


def include_when_asked(urls: str, app_name: str | None = None) -> Any:
    """Return what `path` takes in place of `include(urls)`: the module is imported for its first request.

    urls      the module with `urlpatterns`, as a dotted path
    app_name  the namespace of its names; without one the module is also imported for the first
              `reverse` of a name of any other

    Django's URLResolver imports a module that it has by name when it looks into it, as it does with
    ROOT_URLCONF. https://docs.djangoproject.com/en/stable/ref/urls/#include
    """
    return urls, app_name, app_name
