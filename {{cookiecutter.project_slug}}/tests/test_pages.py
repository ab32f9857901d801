import pytest
from django.conf import settings
from django.templatetags.static import static
from django.test import Client
from django.test.utils import override_script_prefix
from django.urls import reverse

from accounts.models import User


def test_health_answers_without_a_database(client: Client) -> None:
    assert client.get(reverse("health")).json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_asks_the_database(client: Client) -> None:
    assert client.get(reverse("ready")).json() == {"status": "ok"}


@pytest.mark.django_db(databases="__all__")
@pytest.mark.skipif(not settings.API_DOCS, reason="the docs are off")
def test_the_docs_and_their_requests_are_below_the_stage(client: Client, user: User) -> None:
    client.force_login(user)
    docs, schema = reverse("docs"), reverse("schema")
    with override_script_prefix("/dev/"):
        assert f"/dev{schema}" in client.get(docs).content.decode()
        assert client.get(schema, {"format": "json"}).json()["servers"] == [{"url": "/dev"}]


@pytest.mark.django_db(databases="__all__")
def test_the_admin_and_its_styles_are_below_the_stage(client: Client, user: User) -> None:
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)
    address, style = reverse("admin:index"), static("admin/css/base.css")
    with override_script_prefix("/dev/"):
        assert f"/dev{style}" in client.get(address).content.decode()


@pytest.mark.django_db  # closing a response looks at the connections
def test_styles_are_served(client: Client) -> None:
    response = client.get(static("rest_framework/css/default.css"))
    assert response.headers["Content-Type"].startswith("text/css")
    response.close()


@pytest.mark.django_db(databases="__all__")
def test_a_password_is_answered_with_a_token(client: Client, user: User) -> None:
    user.set_password("correct-horse-battery")
    user.save()
    login = {"username": user.get_username(), "password": "a guess"}
    address, json = reverse("token"), "application/json"
    assert client.post(address, login, content_type=json).status_code == 400
    login["password"] = "correct-horse-battery"
    assert len(client.post(address, login, content_type=json).json()["token"]) == 40
