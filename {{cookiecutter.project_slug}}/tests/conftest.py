import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.models import User

pytest_plugins = ["zappa_xray.testing"]


@pytest.fixture(autouse=True)
def fresh_throttles() -> None:
    cache.clear()


@pytest.fixture
def user(db: None) -> User:
    return get_user_model().objects.create_user("ada", password="correct horse battery")


@pytest.fixture
def api(user: User) -> APIClient:
    """A client signed in as `user`."""
    client = APIClient()
    client.force_authenticate(user)
    return client
