"""Every operation of the service's own OpenAPI schema, with all checks of schemathesis, and its
errors.

tests/test_api_quality.py runs this in the service's environment: its folder on PYTHONPATH, an
empty database in DATABASE_URL, the examples for each operation in MAX_EXAMPLES. How many requests
were sent to which operation is written to the file that REQUESTS names, as JSON.
"""

# What this imports is installed for the service, not for the template:
# mypy: ignore-errors

import atexit
import json
import os
from collections import Counter
from http import HTTPStatus
from pathlib import Path

import django
import hypothesis
import pytest
import schemathesis

django.setup()

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client
from notes.models import Note
from notes.views import NoteViewSet
from rest_framework.authtoken.models import Token
from rest_framework.throttling import UserRateThrottle

call_command("migrate", verbosity=0)
USER = get_user_model().objects.create_user("ada")
TOKEN = {"Authorization": f"Token {Token.objects.create(user=USER)}"}

MAX_EXAMPLES = int(os.environ["MAX_EXAMPLES"])
LONGEST_TITLE = Note._meta.get_field("title").max_length
requests: Counter[str] = Counter()
atexit.register(lambda: Path(os.environ["REQUESTS"]).write_text(json.dumps(requests)))

schema = schemathesis.openapi.from_wsgi(
    "/api/schema/?format=json",
    get_wsgi_application(),
    config=schemathesis.config.SchemathesisConfig.from_dict(
        {
            "headers": TOKEN,
            # Seconds of the machine's, which is shared: all else here is the same in each run.
            "suppress-health-check": ["too_slow"],
            "generation": {
                "max-examples": MAX_EXAMPLES,
                "deterministic": True,
                "database": "none",
                # Every text refuses the NUL character, which no schema says: it is tried below.
                "allow-x00": False,
            },
        }
    ),
    # A password that is of the right form, and wrong, is answered 400.
).exclude(path="/api/token/")


@schemathesis.hook
def filter_case(context, case):
    """Leave out what OpenAPI has no word for: `?page=` is the first page, blanks are no title, those
    around one are cut off before its length is looked at, and REST framework takes numbers as text.
    """
    if isinstance(case.body, dict) and any(is_number(value) for value in case.body.values()):
        return False
    title = case.body.get("title") if isinstance(case.body, dict) else None
    blanks = isinstance(title, str) and title != title.strip()
    other_title = blanks and (not title.strip() or len(title) > LONGEST_TITLE)
    blank_page = "page" in (case.query or {}) and case.query["page"] in ("", [], {}, None)
    return not other_title and not blank_page


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


@schemathesis.hook
def after_call(context, case, response):
    requests[f"{case.method} {case.operation.path}"] += 1


@schema.parametrize()
def test_an_operation_does_what_its_schema_says(case):
    case.call_and_validate()


class SequencesOfOperations(schema.as_state_machine()):
    def setup(self):
        """Begin each sequence with the same database: hypothesis plays some of them twice."""
        empty = connection.ops.sql_flush(no_style(), [Note._meta.db_table], reset_sequences=True)
        connection.ops.execute_sql_flush(empty)


TestSequencesOfOperations = SequencesOfOperations.TestCase
# What the schema's configuration says reaches each operation, and not these sequences of them:
# https://github.com/schemathesis/schemathesis/blob/v4.32.5/src/schemathesis/generation/stateful/state_machine.py
TestSequencesOfOperations.settings = hypothesis.settings(
    TestSequencesOfOperations.settings, derandomize=True, max_examples=MAX_EXAMPLES
)


@pytest.mark.parametrize(
    ("status", "method", "path", "request_"),
    [
        (400, "POST", "/api/notes/", {"data": "{"}),
        (400, "GET", "/health/", {"headers": {"host": "evil.example"}}),
        (401, "GET", "/api/notes/", {"headers": {}}),
        (401, "GET", "/api/notes/", {"headers": {"Authorization": "Token wrong"}}),
        (404, "GET", "/nowhere/", {}),
        (404, "GET", "/api/notes/0/", {}),
        (404, "GET", "/api/notes/99999999999999999999999/", {}),
        (404, "GET", "/api/notes/%00/", {}),
        (404, "GET", "/api/notes/?page=last%00", {}),
        (405, "PUT", "/api/notes/", {"data": "{}"}),
        (406, "GET", "/api/notes/", {"headers": TOKEN | {"Accept": "text/html"}}),
        (415, "POST", "/api/notes/", {"data": "a", "content_type": "text/plain"}),
        (429, "GET", "/api/notes/", {}),
        (500, "GET", "/api/notes/", {}),
    ],
)
def test_errors_have_one_form(status, method, path, request_, monkeypatch):
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        monkeypatch.setattr(NoteViewSet, "throttle_classes", [UserRateThrottle])
        monkeypatch.setattr(UserRateThrottle, "rate", "0/min", raising=False)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        monkeypatch.setattr(NoteViewSet, "get_queryset", lambda _: 1 / 0)
    client = Client(raise_request_exception=False)
    answer = client.generic(
        method, path, **{"headers": TOKEN, "content_type": "application/json"} | request_
    )
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"
    assert list(answer.json()) == ["detail"]
    assert isinstance(answer.json()["detail"], str)


def test_a_session_without_its_csrf_token_is_refused_in_the_same_form():
    client = Client(enforce_csrf_checks=True)
    client.force_login(USER)
    answer = client.post("/api/notes/", {"title": "Milk"}, content_type="application/json")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert list(answer.json()) == ["detail"]


@pytest.mark.parametrize("body", [{"title": "\u0000"}, {"title": "  "}])
def test_what_no_text_is_refused_with_its_field(body):
    answer = Client().post("/api/notes/", body, content_type="application/json", headers=TOKEN)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert list(answer.json()) == [list(body)[-1]]


def test_a_text_that_no_search_can_have_is_refused():
    answer = Client().get("/api/notes/?search=%00", headers=TOKEN)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.json() == ["Null characters are not allowed."]


def test_too_many_requests_of_a_user_are_throttled(monkeypatch):
    monkeypatch.setattr(NoteViewSet, "throttle_classes", [UserRateThrottle])
    monkeypatch.setattr(UserRateThrottle, "rate", "1/min", raising=False)
    statuses = [Client().get("/api/notes/", headers=TOKEN).status_code for _ in range(2)]
    assert statuses == [HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS]


def test_notes_come_in_pages_newest_first_and_are_searched_and_ordered():
    for title in ("Milk", "Bread", "Butter"):
        Note.objects.create(owner=USER, title=title, body="to buy")

    def titles(**query):
        answer = Client().get("/api/notes/", {"search": "to buy", **query}, headers=TOKEN).json()
        return answer["count"], [note["title"] for note in answer["results"]]

    assert titles() == (3, ["Butter", "Bread", "Milk"])
    assert titles(ordering="title") == (3, ["Bread", "Butter", "Milk"])
    assert titles(search="utter") == (1, ["Butter"])
