from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from zappa_xray.urls import include_when_asked

from accounts.views import ObtainToken
from config.health import health, ready

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("ready/", ready, name="ready"),
    path("api/", include("notes.urls")),
    path("api/token/", ObtainToken.as_view(), name="token"),
    path("admin/", include_when_asked("config.admin", "admin")),
]
if settings.API_DOCS:
    urlpatterns.append(path("", include_when_asked("config.docs")))
if settings.DEBUG and not settings.IN_LAMBDA:
    urlpatterns.append(path("__traces__/", include("zappa_xray.traceview.urls")))

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
