"""Views of every kind that stay too long in one place, and what the tests know of that place."""

import asyncio
import functools
import sys
import time
import types
from collections.abc import AsyncIterator, Callable
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.urls import path
from django.views import View
from django.views.generic import RedirectView, TemplateView
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

SECONDS = 0.5


def too_long() -> None:
    time.sleep(SECONDS)


# What a library would be: the same, in a file below Lambda's folder of layers.
in_a_library = types.FunctionType(
    too_long.__code__.replace(co_filename="/opt/python/library.py", co_name="wait"), globals()
)


def function(request: HttpRequest) -> HttpResponse:
    in_a_library()
    return HttpResponse("ok")


def with_an_argument(request: HttpRequest, argument: str) -> HttpResponse:
    in_a_library()
    return HttpResponse(argument)


def deep(request: HttpRequest) -> HttpResponse:
    def library(depth: int) -> None:
        library(depth - 1) if depth else in_a_library()

    code = library.__code__.replace(co_filename="/opt/python/library.py")
    library.__code__ = code
    library(200)
    return HttpResponse("ok")


class News(Feed):
    title, link, description = "News", "/", "All of it"

    def items(self) -> list[str]:
        in_a_library()
        return []


class LibrarysFeed(Feed):
    title, link, description = "News", "/", "All of it"

    def items(self) -> list[str]:
        in_a_library()
        return []

    items.__code__ = items.__code__.replace(co_filename="/opt/python/library.py")


class ClassBased(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        in_a_library()
        return HttpResponse("ok")


class InALibrary(RedirectView):
    url = "/elsewhere/"

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str | None:
        in_a_library()
        return "/elsewhere/"

    get_redirect_url.__code__ = get_redirect_url.__code__.replace(
        co_filename="/opt/python/library.py"
    )


async def sleeps_in_a_coroutine(request: HttpRequest) -> HttpResponse:
    in_a_library()
    return HttpResponse("ok")


async def awaits(request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(SECONDS)
    return HttpResponse("ok")


def streams_in_a_coroutine(request: HttpRequest) -> StreamingHttpResponse:
    async def pieces() -> AsyncIterator[bytes]:
        await asyncio.sleep(SECONDS)
        yield b"late"

    return StreamingHttpResponse(pieces())


class SlowSerializer(serializers.Serializer[Any]):
    name = serializers.SerializerMethodField()

    def get_name(self, instance: Any) -> str:
        in_a_library()
        return "ok"


class Serialized(GenericAPIView[Any]):
    permission_classes = [AllowAny]
    serializer_class = SlowSerializer

    def get(self, request: Request) -> Response:
        return Response(self.get_serializer({}).data)


class Template(TemplateView):
    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return context | {"slow": in_a_library}

    def render_to_response(self, context: dict[str, Any], **response: Any) -> HttpResponse:
        template = engines["django"].from_string("first line\n{{ slow }}")
        return HttpResponse(template.render(context, self.request))


class OwnersTemplate(TemplateView):
    template_name = "slow.html"
    extra_context = {"slow": in_a_library}


def imports(request: HttpRequest) -> HttpResponse:
    sys.modules.pop("tests.library.tracing.slow_to_import", None)
    from tests.library.tracing import slow_to_import  # noqa: F401  # imported to hang in it

    return HttpResponse("ok")


def slow_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    def middleware(request: HttpRequest) -> HttpResponse:
        if "before" in request.GET:
            in_a_library()
        response = get_response(request)
        if "after" in request.GET:
            in_a_library()
        return response

    return middleware


urlpatterns = [
    path("ok/", lambda request: HttpResponse("ok")),
    path("function/", function),
    path("partial/", functools.partial(with_an_argument, argument="x")),
    path("deep/", deep),
    path("feed/", News()),
    path("librarys-feed/", LibrarysFeed()),
    path("class/", ClassBased.as_view()),
    path("in-a-library/", InALibrary.as_view()),
    path("sleeps-in-a-coroutine/", sleeps_in_a_coroutine),
    path("awaits/", awaits),
    path("streams-in-a-coroutine/", streams_in_a_coroutine),
    path("serialized/", Serialized.as_view()),
    path("template/", Template.as_view()),
    path("owners-template/", OwnersTemplate.as_view()),
    path("imports/", imports),
]
