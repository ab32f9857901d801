from django.urls import path
from verification.views import fails, hangs

urlpatterns = [
    path("verification/fails/", fails),
    path("verification/hangs/", hangs),
]
