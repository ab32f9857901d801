"""Static files that a process lists when it is asked for one, and not while it starts."""

from functools import cached_property

from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise's middleware; with WHITENOISE_USE_FINDERS it looks for the files of the apps, of which
    the admin alone has 150, before the first answer below STATIC_URL.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(self.static_prefix):
            _ = self.listed
        response: HttpResponseBase = super().__call__(request)
        return response

    def add_files_from_finders(self) -> None:
        """Do nothing: `__init__` calls it."""

    @cached_property
    def listed(self) -> bool:
        """Whether the files of the finders are among those that are served: true once it was asked for."""
        if lists := self.use_finders and not self.autorefresh:
            super().add_files_from_finders()
        return bool(lists)
