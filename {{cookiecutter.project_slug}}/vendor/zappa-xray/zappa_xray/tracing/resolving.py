"""URLs are resolved once, before the first middleware that may hang, and not again for the view."""

from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern
from django.utils.functional import Promise
from django.utils.translation import get_language


class _Resolve:
    """In place of the `resolve` of a service's root resolver: hands out what was found ahead."""

    def __init__(self, resolver: Any) -> None:
        self._resolve = resolver.resolve
        self._is_spoken = _depends_on_language(resolver)

    def __call__(self, path: str) -> ResolverMatch:
        ahead = _ahead.get()
        if ahead and ahead[0] == self._question(path):
            _ahead.set(None)
            return _answer(ahead[1])
        return self._resolve(path)  # type: ignore[no-any-return]

    def ahead(self, path: str) -> ResolverMatch:
        """The match of a path, kept for who asks the same question next."""
        found: ResolverMatch | Resolver404
        try:
            found = self._resolve(path)
        except Resolver404 as missing:
            found = missing
        _ahead.set((self._question(path), found))
        return _answer(found)

    def _question(self, path: str) -> tuple[int, str, str | None]:
        # A middleware may change the path or the language, and with it the patterns.
        return id(self), path, get_language() if self._is_spoken else None


_ahead: ContextVar[tuple[tuple[int, str, str | None], ResolverMatch | Resolver404] | None]
_ahead = ContextVar("ahead", default=None)


def resolved_ahead(request: HttpRequest) -> ResolverMatch:
    """The match that Django will find for a request in a moment. Raises what its resolver raises."""
    resolver: Any = get_resolver(getattr(request, "urlconf", None))
    resolve = vars(resolver).get("resolve")
    if not isinstance(resolve, _Resolve):
        resolve = resolver.resolve = _Resolve(resolver)
    return resolve.ahead(request.path_info)


def _depends_on_language(resolver: Any) -> bool:
    """Whether any pattern below has a translated text, a language's prefix, or a kind of its own."""
    pattern = resolver.pattern
    return (
        type(pattern) not in (RoutePattern, RegexPattern)
        or any(isinstance(value, Promise) for value in vars(pattern).values())
        or any(
            _is_not_imported(inner) or _depends_on_language(inner)
            for inner in getattr(resolver, "url_patterns", ())
        )
    )


def _is_not_imported(resolver: Any) -> bool:
    """Whether its patterns are in a module that Django imports when a request asks for one of them."""
    by_name = isinstance(getattr(resolver, "urlconf_name", None), str)
    return by_name and "urlconf_module" not in vars(resolver)


def _answer(found: ResolverMatch | Resolver404) -> ResolverMatch:
    if isinstance(found, Resolver404):
        raise found.with_traceback(None)
    return found
