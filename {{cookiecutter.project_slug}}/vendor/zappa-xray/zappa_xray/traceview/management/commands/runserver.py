import logging
import os
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.management.commands.runserver import Command as RunserverCommand
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from zappa_xray.traceview.collector import collector
from zappa_xray.traceview.links import LinkedLines, link_from_debug_pages, site_at
from zappa_xray.traceview.reloads import keep_over_reloads, restore_and_save
from zappa_xray.traceview.store import OWN_PATH


class Command(RunserverCommand):
    """Django's own, which while debugging also collects the traces that /__traces__/ shows."""

    _lines: LinkedLines | None = None

    def run(self, **options: Any) -> None:
        if settings.DEBUG and options["use_reloader"] and DJANGO_AUTORELOAD_ENV not in os.environ:
            keep_over_reloads()
        super().run(**options)

    def inner_run(self, *args: Any, **options: Any) -> None:
        if settings.DEBUG:
            restore_and_save()
            collector.start()
            site = site_at(self.addr, self.port)  # type: ignore[attr-defined]  # not in the stubs
            self._lines = LinkedLines(site)
            logging.getLogger("django.server").addFilter(self._lines)
            link_from_debug_pages(site)
            self.stdout.write(f"Traces: {site}{OWN_PATH}")
            if collector.problem:
                self.stderr.write(collector.problem)
        super().inner_run(*args, **options)

    def get_handler(self, *args: Any, **options: Any) -> Any:
        handler = super().get_handler(*args, **options)
        return self._lines.remembering(handler) if self._lines else handler
