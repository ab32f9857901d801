"""URL patterns as a person writes them: `/api/notes/{id}/`."""

import re
from functools import cache

from django.http import HttpRequest
from django.urls import Resolver404
from django.utils.regex_helper import normalize

from zappa_xray.tracing.resolving import resolved_ahead

NO_ROUTE = "(no route)"

# normalize() writes a regular expression's group as %(name)s; path() writes <converter:name>.
PARAMETER = re.compile(r"%\((\w+)\)s|<(?:\w+:)?(\w+)>")


@cache
def readable(pattern: str) -> str:
    """The pattern of a ResolverMatch without its regular expressions; `pk` is written `id`."""
    (text, _), *_ = normalize(pattern)
    return "/" + PARAMETER.sub(_braces, text or pattern)


def _braces(match: re.Match[str]) -> str:
    name = match[1] or match[2]
    return "{id}" if name == "pk" else "{" + name.lstrip("_") + "}"


def route_of(request: HttpRequest) -> str | None:
    """The route that will answer this request, NO_ROUTE, or None when the URLs cannot be loaded."""
    try:
        return readable(resolved_ahead(request).route)
    except Resolver404:
        return NO_ROUTE
    except Exception:  # Django resolves again in a moment and reports the same error itself
        return None
