import pytest
from django.test import Client

from config import health


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
