from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from config.health import health

admin.site.site_header = admin.site.site_title = str(settings.SPECTACULAR_SETTINGS["TITLE"])

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("api/", include("notes.urls")),
    path("admin/", admin.site.urls),
]
if settings.API_DOCS:
    urlpatterns += [
        path("", RedirectView.as_view(pattern_name="docs")),
        path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
        path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    ]
if settings.DEBUG and not settings.IN_LAMBDA:
    urlpatterns.append(path("__traces__/", include("zappa_xray.traceview.urls")))

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
