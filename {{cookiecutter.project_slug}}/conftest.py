"""Fixtures for the tests of every app. `trace_daemon` is zappa-xray's."""

import pytest
from django.conf import settings
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts.models import User


@pytest.fixture(autouse=True)
def no_throttles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(APIView, "check_throttles", lambda view, request: None)


@pytest.fixture(autouse=True)
def no_redirects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither to HTTPS nor to `www.`: the test client asks http://testserver/."""
    monkeypatch.setattr(settings, "SECURE_SSL_REDIRECT", False)
    monkeypatch.setattr(settings, "PREPEND_WWW", False)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher"
    monkeypatch.setattr(settings, "PASSWORD_HASHERS", [hasher])


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create(**{User.USERNAME_FIELD: "ada@example.org"})


@pytest.fixture
def api(user: User) -> APIClient:
    """A client signed in as `user`."""
    client = APIClient()
    client.force_authenticate(user)
    return client
