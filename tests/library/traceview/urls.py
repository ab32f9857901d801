from django.urls import include, path

urlpatterns = [path("__traces__/", include("zappa_xray.traceview.urls"))]
