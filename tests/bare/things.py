"""The views of the bare project: one answers after a query, one waits until it is killed."""

import time

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path


def thing(request: HttpRequest, number: int) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [number])
        return HttpResponse(f"thing {cursor.fetchone()[0]}")


def stuck(request: HttpRequest) -> HttpResponse:
    time.sleep(60)
    return HttpResponse("never")


urlpatterns = [path("things/<int:number>/", thing), path("stuck/", stuck)]
