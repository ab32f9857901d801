"""Puts the pieces of this package into Django and into the X-Ray SDK."""

import contextlib
import functools
import importlib
import logging
import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import wrapt
from aws_xray_sdk.core import patch, xray_recorder
from aws_xray_sdk.core.models.entity import Entity
from aws_xray_sdk.ext.django import apps as sdk_app
from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception

from zappa_xray.tracing.checks import check_daemon_address, check_name, register_checks
from zappa_xray.tracing.conf import settings
from zappa_xray.tracing.context import InvocationContext, QuietContext
from zappa_xray.tracing.database import trace_connections
from zappa_xray.tracing.emitter import send_by_a_new_emitter
from zappa_xray.tracing.in_flight import work_of
from zappa_xray.tracing.invocation import IN_LAMBDA
from zappa_xray.tracing.invocations import HANDLER_MODULES, record_invocations
from zappa_xray.tracing.queries import record_queries
from zappa_xray.tracing.templates import record_templates


class TracingConfig(AppConfig):
    """The Django app; `ready` changes the SDK's recorder, DRF and, in Lambda, the commands."""

    name = "zappa_xray.tracing"
    label = "zappa_xray_tracing"

    def __init__(self, app_name: str, app_module: ModuleType) -> None:
        super().__init__(app_name, app_module)
        # With these two the SDK's app raises in its `ready`, before a check can say it well.
        if errors := [*check_name(), *check_daemon_address()]:
            raise ImproperlyConfigured("\n".join(str(error) for error in errors))
        # The SDK's app calls these two where AUTO_INSTRUMENT is set.
        sdk_app.patch_db, sdk_app.patch_template = record_queries, record_templates

    def ready(self) -> None:
        register_checks()
        send_by_a_new_emitter()
        if IN_LAMBDA:
            # With a threshold, in Lambda, nothing at all is sent.
            xray_recorder.streaming_threshold = 0
            # It warns at each query of the init phase, and of a function without tracing.
            logging.getLogger("aws_xray_sdk.core.lambda_launcher").setLevel(logging.ERROR)
            for handler in HANDLER_MODULES:
                wrapt.when_imported(handler)(record_invocations)
            xray_recorder.context = InvocationContext()
            if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
                importlib.import_module("zappa_xray.tracing.snapshot").register_hooks()
        else:
            xray_recorder.context = QuietContext()
        trace_connections()
        Entity.add_exception = _quietly(Entity.add_exception)
        got_request_exception.connect(_keep_exception)
        _keep_exceptions_of_middleware()
        wrapt.when_imported("rest_framework.views")(_keep_handled_exceptions)
        for library in settings.patch_on_import:
            # The SDK patches botocore.client by that name, which botocore has once a session imported it.
            module = "botocore.session" if library == "botocore" else library
            wrapt.when_imported(module)(functools.partial(_patch, library))


def _quietly(add_exception: Callable[..., None]) -> Callable[..., None]:
    # The SDK writes on the exception, which may be frozen; its own error would take its place.
    @functools.wraps(add_exception)
    def add(*args: Any, **kwargs: Any) -> None:
        with contextlib.suppress(Exception):
            add_exception(*args, **kwargs)

    return add


def _patch(library: str, module: ModuleType) -> None:
    patch([library])


def _keep_exception(request: Any = None, **signal: Any) -> None:
    if work := work_of(request):
        work.exception = sys.exception()


def _keep_handled_exceptions(views: ModuleType) -> None:
    # DRF turns an exception into a response and keeps no trace of it; Django never hears of it.
    handle = views.APIView.handle_exception

    def handle_and_keep(view: Any, exception: Exception) -> Any:
        return _kept(exception, handle(view, exception))

    views.APIView.handle_exception = handle_and_keep


def _keep_exceptions_of_middleware() -> None:
    # The same holds for what a middleware answers to an exception.
    handle = BaseHandler.process_exception_by_middleware

    @functools.wraps(handle)
    def handle_and_keep(handler: Any, exception: Exception, request: Any) -> Any:
        return _kept(exception, handle(handler, exception, request))

    setattr(BaseHandler, "process_exception_by_middleware", handle_and_keep)  # noqa: B010  # to mypy it is no variable


def _kept(exception: Exception, response: Any) -> Any:
    if getattr(response, "status_code", 0) >= 500:
        response.handled_exception = exception
    return response
