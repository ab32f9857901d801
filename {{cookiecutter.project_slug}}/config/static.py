from django.contrib.staticfiles.storage import StaticFilesStorage
from django.urls import get_script_prefix


class StageStaticFilesStorage(StaticFilesStorage):
    """Static files below the path the request came in on.

    API Gateway serves the service below `/<stage>/`, a custom domain serves the same function at `/`,
    so the prefix belongs to the request and not to STATIC_URL, which Django reads only once.
    """

    def url(self, name: str | None) -> str:
        return get_script_prefix().rstrip("/") + super().url(name)
