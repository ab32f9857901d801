from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from config.health import health

admin.site.site_header = admin.site.site_title = str(settings.SPECTACULAR_SETTINGS["TITLE"])

urlpatterns = [
    path("health/", health, name="health"),
    path("api/", include("notes.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("admin/", admin.site.urls),
]
if settings.DEBUG and not settings.IN_LAMBDA:
    urlpatterns.append(path("__traces__/", include("zappa_xray.traceview.urls")))

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
