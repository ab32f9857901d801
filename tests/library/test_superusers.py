"""What the function does with `stage_superuser`'s event, on a database."""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management import CommandError
from zappa_xray.superusers import create

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"


def event(password: str = PASSWORD, new_password: bool = False, **fields: str) -> dict[str, Any]:
    fields = {"username": "ada", "email": "ada@example.org"} | fields
    return {"fields": fields, "password": make_password(password), "new_password": new_password}


def test_a_superuser_has_the_password_whose_hash_came(capsys: pytest.CaptureFixture[str]) -> None:
    create(event(email="Ada@EXAMPLE.org"))
    user = User.objects.get()
    assert (user.username, user.email) == ("ada", "Ada@example.org")
    assert user.is_superuser
    assert user.is_staff
    assert user.check_password(PASSWORD)
    assert capsys.readouterr() == ("", "")


def test_what_may_be_blank_may_be_left_out() -> None:
    create(event(email=""))
    assert User.objects.get().email == ""


def test_a_name_is_found_as_it_is_kept() -> None:
    create(event(username="\N{ANGSTROM SIGN}sa"))
    assert User.objects.get(
        username="\N{LATIN CAPITAL LETTER A WITH RING ABOVE}sa"
    ).has_usable_password()


def test_a_name_that_is_taken_is_refused_and_keeps_its_password() -> None:
    create(event())
    with pytest.raises(CommandError, match="already taken"):
        create(event("another-password"))
    assert User.objects.get().check_password(PASSWORD)


def test_a_user_who_is_there_gets_a_new_password_and_no_new_rights() -> None:
    User.objects.create_user("ada", password=PASSWORD)
    create(event("another-password", new_password=True))
    user = User.objects.get()
    assert user.check_password("another-password")
    assert not user.is_superuser


def test_nobody_gets_a_new_password_by_a_wrong_name() -> None:
    with pytest.raises(CommandError, match="no user has the username ada"):
        create(event(new_password=True))
    assert not User.objects.exists()
