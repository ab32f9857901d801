from django.apps import AppConfig


class TraceviewConfig(AppConfig):
    """The Django app: its commands, its page, and a runserver that feeds the page."""

    name = "zappa_xray.traceview"
    label = "zappa_xray_traceview"
