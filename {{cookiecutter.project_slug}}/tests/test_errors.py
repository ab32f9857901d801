from typing import Any

import pytest
from django.test import Client
from rest_framework.exceptions import ValidationError

from config import health
from config.errors import exception_handler


def test_an_address_nobody_routes_is_answered_in_json(client: Client) -> None:
    response = client.get("/nowhere/")
    assert (response.status_code, response.json()) == (404, {"detail": "Not Found."})


def test_an_unhandled_exception_is_answered_in_json_without_its_text(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("the secret of the machine room")

    monkeypatch.setattr(health, "JsonResponse", fail)
    client.raise_request_exception = False
    response = client.get("/health/")
    assert (response.status_code, response.json()) == (500, {"detail": "Internal Server Error."})


def test_a_host_that_is_not_ours_is_refused_in_json(client: Client) -> None:
    response = client.get("/health/", headers={"host": "evil.example"})
    assert (response.status_code, response.json()) == (400, {"detail": "Bad Request."})


@pytest.mark.parametrize(
    ("mistake", "content"),
    [
        ("Too long.", {"detail": "Too long."}),
        (["Too long.", "Too wide."], {"detail": "Too long. Too wide."}),
        ({"title": "Too long."}, {"title": "Too long."}),
        ([{"title": ["Too long."]}, {}], [{"title": ["Too long."]}, {}]),
    ],
)
def test_a_mistake_outside_any_field_is_answered_as_detail(mistake: Any, content: object) -> None:
    response = exception_handler(ValidationError(mistake), {})
    assert response is not None
    assert (response.status_code, response.data) == (400, content)
