from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient
from rest_framework.throttling import UserRateThrottle

from accounts.models import User
from notes.models import Note
from notes.scheduled import count_new_notes


@pytest.fixture
def notes(user: User) -> list[Note]:
    titles = ["Milk", "Bread", "Butter"]
    return [Note.objects.create(owner=user, title=title, body="to buy") for title in titles]


def test_a_note_is_created_read_changed_and_deleted(api: APIClient, user: User) -> None:
    created = api.post("/api/notes/", {"title": "Milk", "body": "two bottles"})
    assert created.status_code == 201
    address = f"/api/notes/{created.data['id']}/"
    assert api.get(address).data["body"] == "two bottles"
    assert api.patch(address, {"body": "one bottle"}).data["body"] == "one bottle"
    assert Note.objects.get().owner == user
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


def test_a_note_without_a_title_is_refused_with_the_field_s_name(api: APIClient) -> None:
    response = api.post("/api/notes/", {"body": "two bottles"})
    assert response.status_code == 400
    assert response.json() == {"title": ["This field is required."]}


def test_a_number_is_no_text(api: APIClient) -> None:
    response = api.post("/api/notes/", {"title": 5})
    assert response.status_code == 400
    assert response.json() == {"title": ["Not a valid string."]}


def test_notes_come_in_pages_newest_first(api: APIClient, notes: list[Note]) -> None:
    page = api.get("/api/notes/").json()
    assert page["count"] == 3
    assert page["next"] is None
    assert [note["title"] for note in page["results"]] == ["Butter", "Bread", "Milk"]


def test_notes_are_searched_and_ordered(api: APIClient, notes: list[Note]) -> None:
    found = api.get("/api/notes/", {"search": "b", "ordering": "title"}).json()["results"]
    assert [note["title"] for note in found] == ["Bread", "Butter", "Milk"]
    found = api.get("/api/notes/", {"search": "utter"}).json()["results"]
    assert [note["title"] for note in found] == ["Butter"]


def test_nobody_sees_the_notes_of_another(api: APIClient, notes: list[Note]) -> None:
    stranger = APIClient()
    stranger.force_authenticate(get_user_model().objects.create_user("bob"))
    address = f"/api/notes/{notes[0].pk}/"
    assert api.get(address).status_code == 200
    assert stranger.get(address).status_code == 404
    assert stranger.get("/api/notes/").json()["count"] == 0


def test_a_token_opens_the_api_and_nothing_else_does(user: User) -> None:
    client = APIClient()
    assert client.get("/api/notes/").status_code == 401
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=user)}")
    assert client.get("/api/notes/").status_code == 200


def test_too_many_requests_are_throttled(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UserRateThrottle, "rate", "1/min", raising=False)
    assert api.get("/api/notes/").status_code == 200
    assert api.get("/api/notes/").status_code == 429


@pytest.mark.parametrize(
    ("method", "content_type", "status"),
    [
        ("PUT", "application/json", 405),
        ("POST", "text/plain", 415),
        ("POST", "application/json", 400),
    ],
)
def test_what_is_refused_is_refused_in_json(
    api: APIClient, method: str, content_type: str, status: int
) -> None:
    response = api.generic(method, "/api/notes/", "{", content_type=content_type)
    assert response.status_code == status
    assert list(response.json()) == ["detail"]


def test_the_openapi_schema_holds_the_notes(api: APIClient) -> None:
    schema = api.get("/api/schema/?format=json").json()
    assert set(schema["paths"]) == {"/api/notes/", "/api/notes/{id}/"}
    create = schema["paths"]["/api/notes/"]["post"]
    assert set(create["responses"]) == {"201", "400", "401", "403", "406", "415", "429"}


def test_the_admin_lists_notes(client: Client, user: User, notes: list[Note]) -> None:
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)
    page = client.get("/admin/notes/note/", {"q": "utter"}).content.decode()
    assert "Butter" in page
    assert "Milk" not in page


@pytest.mark.django_db(transaction=True)  # it closes connections, also one in a transaction
def test_the_scheduled_function_counts_the_notes_of_a_day(notes: list[Note]) -> None:
    Note.objects.filter(pk=notes[0].pk).update(created_at=timezone.now() - timedelta(days=2))
    assert count_new_notes({}, None) == 2
