"""The stage that the first push has made answers, and its commands find what they look for in it."""

from __future__ import annotations

import json
import secrets
from urllib.parse import urlencode

import pytest

from emulator.events import trace_fields
from emulator.processes import run
from tests.emulator.asking import ask
from tests.released.conftest import After, Stage

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("released")]

CHAIN = ("API Gateway", "Lambda Invoke", "Lambda notes-api-dev", "Function", "GET /api/notes/{id}/")


def test_a_deployed_stage_answers_and_runs_commands(stage: Stage, pushed: After) -> None:
    assert ask(f"{stage.served.url}/health/").json == {"status": "ok"}
    assert "No migrations to apply." in stage.make("manage", "migrate")


def test_two_commands_lead_from_an_empty_stage_to_an_admin_and_a_token(
    stage: Stage, pushed: After
) -> None:
    password = secrets.token_urlsafe(20)
    secret = {"DJANGO_SUPERUSER_PASSWORD": password}
    made = stage.make("superuser", "--username ada --email ada@example.org", secret)
    assert "ada is an admin of the stage dev." in made
    token = stage.make("token", "--username ada", secret).splitlines()[-1]
    notes = ask(f"{stage.served.url}/api/notes/", headers={"Authorization": f"Token {token}"})
    assert (notes.status, notes.json["results"]) == (200, [])
    assert "Site administration" in admin_page(stage, "ada", password)
    stage.served.settle()
    sent = b"".join(stage.served.daemon.packets).decode()
    for what, told in (("log", stage.served.log), ("packets", sent)):
        assert "zappa_xray.superusers.create" in told, what
        assert "/api/token/" in told, what
        for unseen in (password, token, "pbkdf2_sha256"):
            assert unseen not in told, what
    tried = [stage_answers_a_login(stage, "ada", "a guess") for _ in range(5)]
    assert (tried[0], tried[-1]) == (400, 429)


def stage_answers_a_login(stage: Stage, name: str, password: str) -> int:
    body = json.dumps({"username": name, "password": password}).encode()
    # Of a client who would rather be counted as somebody else.
    headers = {
        "Content-Type": "application/json",
        "X-Forwarded-For": secrets.token_hex(4),
    }
    return ask(f"{stage.served.url}/api/token/", "POST", body, headers).status


def admin_page(stage: Stage, name: str, password: str) -> str:
    """Return the admin's first page to who signs in there by its form."""
    address = f"{stage.served.url}/admin/login/"
    api = stage.aws.rest_api_id(stage.function)
    form = ask(address)
    csrf = form.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    fields = {"username": name, "password": password, "csrfmiddlewaretoken": csrf, "next": "/"}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={csrf}",
        "Referer": f"https://{api}.execute-api.{stage.aws.region}.amazonaws.com/",
    }
    signed_in = ask(address, "POST", urlencode(fields).encode(), headers)
    assert signed_in.status == 302, signed_in.body
    cookies = signed_in.headers.get_all("Set-Cookie") or []
    session = next(cookie for cookie in cookies if cookie.startswith("sessionid="))
    page = ask(f"{stage.served.url}/admin/", headers={"Cookie": session.partition(";")[0]})
    assert page.status == 200
    return page.body.decode()


def test_a_domain_of_one_s_own_leads_to_the_stage(stage: Stage, pushed: After) -> None:
    settings = stage.service.folder / "zappa_settings.json"
    written = settings.read_text()
    domain = {
        "domain": "api.example.org",
        "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/a",
        "route53_enabled": False,
    }
    stages = json.loads(written)
    stages["dev"] |= domain
    settings.write_text(json.dumps(stages, indent=4))
    try:
        run(
            [str(stage.service.folder / ".venv/bin/zappa"), "certify", "dev", "--yes"],
            folder=stage.service.folder,
            environment=stage.aws.environment()
            | {"VIRTUAL_ENV": str(stage.service.folder / ".lambda")},
            timeout=120,
        )
    finally:
        settings.write_text(written)
    gateway = stage.aws.client("apigateway")
    made = gateway.get_domain_name(domainName="api.example.org")
    assert made["certificateArn"] == domain["certificate_arn"]
    assert made["distributionDomainName"]
    [mapping] = gateway.get_base_path_mappings(domainName="api.example.org")["items"]
    api = stage.aws.rest_api_id(stage.function)
    assert mapping == {"basePath": "(none)", "restApiId": api, "stage": "dev"}


def test_report_and_show_follow_its_requests(stage: Stage, pushed: After) -> None:
    answer = ask(f"{stage.served.url}/api/notes/7/")
    trace_id = trace_fields(answer.headers["X-Amzn-Trace-Id"])["Root"]
    stage.served.settle()
    table = stage.make("report").partition("From API Gateway")[0]
    (line,) = (line for line in table.splitlines() if "{id}" in line)
    assert line.split()[:3] == ["GET", "/api/notes/{id}/", "1"]
    python = str(stage.service.folder / ".venv/bin/python")
    shown = run(
        [python, "manage.py", "trace_show", trace_id],
        folder=stage.service.folder,
        environment=stage.aws.environment(),
    )
    headline, *below = shown.splitlines()
    assert headline.startswith("GET /api/notes/{id}/ 401")
    assert [name for line in below for name in CHAIN if name in line] == list(CHAIN)


def test_its_log_can_be_read(stage: Stage, pushed: After) -> None:
    ask(f"{stage.served.url}/health/")
    group = f"/aws/lambda/{stage.function}"
    events = stage.aws.client("logs").filter_log_events(logGroupName=group)["events"]
    messages = [event["message"] for event in events]
    assert [message for message in messages if '"GET /health/ 200 in ' in message]
