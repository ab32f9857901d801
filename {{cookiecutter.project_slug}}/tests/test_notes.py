from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from notes.models import Note
from notes.scheduled import count_new_notes

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def note(user: User) -> Note:
    return Note.objects.create(owner=user, title="Milk", body="two bottles")


def test_a_note_is_created_read_changed_and_deleted(api: APIClient, user: User) -> None:
    created = api.post(reverse("note-list"), {"title": "Milk", "body": "two bottles"})
    assert created.status_code == 201
    assert Note.objects.get().owner == user
    address = reverse("note-detail", args=[created.data["id"]])
    assert api.get(address).data["body"] == "two bottles"
    assert api.patch(address, {"body": "one bottle"}).data["body"] == "one bottle"
    api.delete(address)
    assert not Note.objects.exists()


def test_a_note_without_a_title_is_refused_with_the_field_s_name(api: APIClient) -> None:
    response = api.post(reverse("note-list"), {"body": "two bottles"})
    assert response.status_code == 400
    assert "title" in str(response.data)


def test_the_list_holds_one_s_own_notes(api: APIClient, note: Note) -> None:
    assert "Milk" in api.get(reverse("note-list")).content.decode()


def test_nobody_sees_the_notes_of_another(note: Note) -> None:
    stranger = APIClient()
    stranger.force_authenticate(User())
    assert "Milk" not in stranger.get(reverse("note-list")).content.decode()
    assert stranger.get(reverse("note-detail", args=[note.pk])).status_code == 404


def test_who_is_not_signed_in_sees_none(note: Note) -> None:
    assert APIClient().get(reverse("note-list")).status_code in (401, 403)


def test_the_scheduled_function_counts_the_notes_of_a_day(user: User, note: Note) -> None:
    old = Note.objects.create(owner=user, title="Bread")
    Note.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))
    assert count_new_notes({}, None) == 1
