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

NAMED_GROUP = re.compile(r"\(\?P<(\w+)>")
# Of a regular expression; brackets within brackets are no groups.
TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()]", re.DOTALL)
SYNTAX = re.compile(r"\\[AZbB]|\\(.)|(?<=\()\?:|[\^$?]", re.DOTALL)


@cache
def readable(pattern: str) -> str:
    """The pattern of a ResolverMatch without its regular expressions; `pk` is written `id`."""
    (text, _), *_ = normalize(pattern)
    # normalize() gives up where an expression has alternatives outside any group with a name.
    return "/" + PARAMETER.sub(_braces, text or _without_expressions(pattern))


def _without_expressions(pattern: str) -> str:
    while group := NAMED_GROUP.search(pattern):
        start, depth = group.end(), 1
        end = next(
            (
                token.end()
                for token in TOKEN.finditer(pattern, start)
                if (depth := depth + {"(": 1, ")": -1}.get(token[0], 0)) == 0
            ),
            len(pattern),
        )
        pattern = f"{pattern[: group.start()]}<{group[1]}>{pattern[end:]}"
    return SYNTAX.sub(lambda token: token[1] or "", pattern)


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
