"""Asks a person for a password, or takes it from the environment, as Django's createsuperuser does."""

import os
from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError

VARIABLE = "DJANGO_SUPERUSER_PASSWORD"


def password() -> str:
    """Return the password of a user who is there."""
    return os.environ.get(VARIABLE) or asked("Password: ")


def new_password(user: object) -> str:
    """Return a password for `user`, asked for twice, and again while Django's validators refuse it.

    Raises CommandError when that of the environment is refused: there is nobody to ask again.
    """
    if given := os.environ.get(VARIABLE):
        if faults := refusal(given, user):
            raise CommandError(f"the password in {VARIABLE} is refused: {faults}")
        return given
    while True:
        first = asked("Password: ")
        if faults := refusal(first, user):
            print(faults)
        elif first != asked("Password (again): "):
            print("The two are not the same.")
        else:
            return first


def refusal(candidate: str, user: object) -> str:
    try:
        validate_password(candidate, user)  # type: ignore[arg-type]  # a user that is not saved
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def asked(question: str) -> str:
    try:
        return getpass(question)
    except EOFError as error:
        raise CommandError(f"there is nobody to ask: set {VARIABLE}") from error
