from django.urls import include, path

urlpatterns = [path("__traces__/", include("traceview.urls"))]
