from django.urls import path

from zappa_xray.traceview import views

app_name = "traceview"
urlpatterns = [
    path("", views.page, name="page"),
    path("news", views.news, name="news"),
    path("trace/<str:trace_id>", views.trace, name="trace"),
    path("trace/<str:trace_id>/documents", views.documents, name="documents"),
]
