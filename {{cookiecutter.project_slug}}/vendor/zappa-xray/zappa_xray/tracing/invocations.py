"""What Zappa calls besides requests: schedules, events, tasks, `zappa invoke` and `zappa manage`."""

import functools
import json
import logging
import sys
from types import ModuleType
from typing import Any

from django.db import close_old_connections

from zappa_xray.tracing.background import BackgroundWork
from zappa_xray.tracing.in_flight import running
from zappa_xray.tracing.invocation import header_now, invocation
from zappa_xray.tracing.recording import attempt, end_what_was_left, process
from zappa_xray.tracing.scrubbing import scrub

logger = logging.getLogger(__name__)

# Zappa's handler stands in the package's root; elsewhere it is Zappa's own module.
HANDLER_MODULES = ("handler", "zappa.handler")
# Zappa's tasks come in as a call of one of these, with the task's path beside it.
TASK_ROUTER = "zappa.asynchronous."

Event = dict[str, Any]


def record_invocations(module: ModuleType) -> None:
    """Records each invocation of Zappa's handler that is no request and does any work.

    Its subsegment has the name of the function, its deadline is the end of the function's time, and
    connections to the database that have become stale are closed before, as for a request.
    """
    handler_class = getattr(module, "LambdaHandler", None)
    if handler_class is None:
        return  # a module of the owner's that has the same name
    handle = handler_class.handler

    @functools.wraps(handle)
    def recorded(handler: Any, event: Event, context: Any) -> Any:
        invocation.begin(getattr(context, "aws_request_id", None), header_now())
        name = _name_of_work(handler, event)
        if name is None:
            invocation.ends_requests = True
            try:
                return handle(handler, event, context)
            finally:
                invocation.ends_requests = False
                end_what_was_left()
                process.is_cold = False  # also where Zappa only keeps the process warm
        with BackgroundWork(name, context) as work:
            try:
                close_old_connections()
                answer = handle(handler, event, context)
            except Exception as error:
                # Lambda writes the error as well, but without the trace.
                logger.exception("%s failed", name, extra=work.log_fields())
                scrub(error)
                raise
            if refusal := _refusal_of(answer):
                work.exception = refusal
                logger.error("%s failed: %s", name, refusal, extra=work.log_fields())
            return answer

    handler_class.handler = recorded
    _keep_exceptions_of_requests(handler_class)


def _keep_exceptions_of_requests(handler_class: Any) -> None:
    """Has what Zappa answers 500 to be the cause of the request, and what it prints be scrubbed."""
    answer = getattr(handler_class, "_handle_request_exception", None)
    if answer is None:
        return  # another version of Zappa

    @functools.wraps(answer)
    def kept(handler: Any, event: Event, context: Any, exception: Exception) -> Any:
        if (work := running()) and work.exception is None:
            work.exception = exception
            attempt(work.put_status, 500)
        scrub(exception)
        return answer(handler, event, context, exception)

    handler_class._handle_request_exception = kept


def _refusal_of(answer: Any) -> Exception | None:
    """What Lambda's runtime will raise when it makes JSON of an answer; None when it can."""
    marshaller = sys.modules.get("awslambdaric.lambda_runtime_marshaller")
    if marshaller is None or answer is None or isinstance(answer, (str, int, float, bytes)):
        return None
    try:
        marshaller.to_json(answer)
    except Exception as error:
        return error
    return None


def _name_of_work(handler: Any, event: Any) -> str | None:
    """What Zappa does for an event, as LambdaHandler.handler decides it; None for a request."""
    try:
        if "httpMethod" in event or event.get("version") == "2.0":
            return None
        name = _called(handler, event)
        return name if name is None else str(name)
    except Exception:  # an event that Zappa cannot read either: it is Zappa's to say so
        return "an event"


def _called(handler: Any, event: Event) -> Any:
    if event.get("detail-type") == "Scheduled Event":
        function = event["resources"][0].split("/")[-1].split("-")[-1]
        return None if function.endswith("keep_warm_callback") else function
    if command := event.get("command"):
        return event.get("task_path", command) if command.startswith(TASK_ROUTER) else command
    if event.get("raw_command"):
        return "raw_command"
    if command := event.get("manage"):
        return f"manage {command.split(' ')[0]}"
    if records := event.get("Records"):
        functions = handler.get_function_for_aws_event(records[0])
        if functions and functions[0].startswith(TASK_ROUTER):
            return json.loads(records[0]["Sns"]["Message"])["task_path"]
        return " + ".join(functions) or "an event without a function"
    if event.get("bot"):
        return handler.get_function_from_bot_intent_trigger(event)
    if event.get("type") == "TOKEN":
        return handler.settings.AUTHORIZER_FUNCTION
    if trigger := event.get("triggerSource"):
        return handler.get_function_for_cognito_trigger(trigger)
    if (route := event.get("requestContext", {}).get("routeKey")) and "eventType" in event[
        "requestContext"
    ]:
        return f"websocket {route}"
    return "an event" if event else None
