"""URL patterns as a person writes them: `/api/notes/{id}/`."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RoutePattern
from django.utils.regex_helper import normalize

from zappa_xray.tracing.resolving import resolved_ahead

NO_ROUTE = "(no route)"

# normalize() writes a regular expression's group as %(name)s; path() writes <converter:name>.
PARAMETER = re.compile(r"%\((\w+)\)s|<(?:\w+:)?(\w+)>")

NAMED_GROUP = re.compile(r"\(\?P<(\w+)>")
# Of a regular expression; brackets within brackets are no groups.
TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()]", re.DOTALL)
SYNTAX = re.compile(r"\\[AZbB]|\\(.)|(?<=\()\?:|[\^$?]", re.DOTALL)


# A text of path() is taken as it stands; joined with others it is known by where it comes from.
Parts = list[tuple[str, bool]]


@cache
def readable(pattern: str, resolver: Any = None) -> str:
    """The pattern of a ResolverMatch without its regular expressions; `pk` is written `id`.

    `resolver` is the one that has found it: it knows what in the pattern is no expression.
    """
    parts = resolver and _parts(resolver.url_patterns, pattern)
    texts = [
        _normalized(part) if is_expression else part
        for part, is_expression in parts or [(pattern, True)]
    ]
    return "/" + PARAMETER.sub(_braces, "".join(texts))


def _parts(patterns: Iterable[Any], rest: str) -> Parts | None:
    """The texts that make up `rest`, each with whether it is an expression; None when none do."""
    for one in patterns:
        text = str(one.pattern)
        text = text if rest.startswith(text) else text.removeprefix("^")
        if not rest.startswith(text):
            continue
        part = (text, not isinstance(one.pattern, (RoutePattern, LocalePrefixPattern)))
        if not hasattr(one, "url_patterns"):
            if text == rest:
                return [part]
        elif (below := _parts(one.url_patterns, rest[len(text) :])) is not None:
            return [part, *below]
    return None


def _normalized(expression: str) -> str:
    (text, _), *_ = normalize(expression)
    # normalize() gives up where an expression has alternatives outside any group with a name.
    return text or _without_expressions(expression)


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
        return route_of_match(request, resolved_ahead(request))
    except Resolver404:
        return NO_ROUTE
    except Exception:  # Django resolves again in a moment and reports the same error itself
        return None


def route_of_match(request: HttpRequest, match: ResolverMatch) -> str:
    """The route of a match that Django has found for this request."""
    route = getattr(match, "readable_route", None)
    if route is None:
        route = readable(match.route, get_resolver(getattr(request, "urlconf", None)))
        match.readable_route = route  # type: ignore[attr-defined]  # it is asked for again
    return str(route)
