"""`stage_superuser` and `stage_token`: what they send, to whom, and what they say."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from botocore.response import StreamingBody
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from zappa_xray.deployment.credentials import VARIABLE
from zappa_xray.deployment.management.commands import stage_token
from zappa_xray.deployment.stage import Stage

from tests.library.deployment.conftest import AWS

PASSWORD = "correct-horse-battery"
TOKEN = "5" * 40


def answered(body: Any) -> StreamingBody:
    text = json.dumps(body).encode()
    return StreamingBody(io.BytesIO(text), len(text))


@pytest.fixture
def invoked(aws: AWS, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The parameters of each call of Invoke."""
    calls: list[dict[str, Any]] = []
    stage = aws.stage()
    client = aws.stubber("lambda").client
    handler = client.meta.events.register_first(
        "provide-client-params.lambda.Invoke", lambda params, **_: calls.append(params)
    )
    monkeypatch.setattr(Stage, "load", lambda name: stage)
    monkeypatch.setenv(VARIABLE, PASSWORD)
    assert handler is None
    return calls


def superuser(*arguments: str) -> str:
    output = io.StringIO()
    call_command("stage_superuser", "dev", *arguments, stdout=output)
    return output.getvalue()


def test_the_password_s_hash_is_sent_and_the_password_is_not(
    aws: AWS, invoked: list[dict[str, Any]]
) -> None:
    aws.answers("lambda", "invoke", {"Payload": answered(None)})
    said = superuser("--username", "ada", "--email", "ada@example.org")
    assert said == "ada is an admin of the stage dev.\n"
    [call] = invoked
    event = json.loads(call["Payload"])
    assert check_password(PASSWORD, event.pop("password"))
    assert event == {
        "command": "zappa_xray.superusers.create",
        "fields": {"username": "ada", "email": "ada@example.org"},
        "new_password": False,
    }
    assert call["FunctionName"] == "notes-dev"
    assert PASSWORD not in repr(call)


def test_a_new_password_wants_only_the_name(aws: AWS, invoked: list[dict[str, Any]]) -> None:
    aws.answers("lambda", "invoke", {"Payload": answered(None)})
    said = superuser("--username", "ada", "--new-password")
    assert said == "ada has the new password of the stage dev.\n"
    [call] = invoked
    event = json.loads(call["Payload"])
    assert (event["fields"], event["new_password"]) == ({"username": "ada"}, True)


def test_what_the_function_refuses_is_said(aws: AWS, invoked: list[dict[str, Any]]) -> None:
    error = {"errorMessage": "Error: That username is already taken.", "errorType": "CommandError"}
    aws.answers("lambda", "invoke", {"FunctionError": "Unhandled", "Payload": answered(error)})
    with pytest.raises(CommandError, match="already taken"):
        superuser("--username", "ada", "--email", "ada@example.org")
    assert len(invoked) == 1


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (
            ["--username", "a da", "--email", "ada@example.org"],
            PASSWORD,
            "--username: Enter a valid",
        ),
        (["--username", "ada", "--email", "ada"], PASSWORD, "--email: Enter a valid email"),
        (["--username", "ada", "--email", "a@b.org"], "12345678", f"{VARIABLE} is refused: This"),
        (["--username", "ada"], PASSWORD, "give --email"),
        (["--username", "ada", "--email", "a@b.org"], "", f"set {VARIABLE}"),
    ],
)
def test_mistakes_are_said_before_anything_is_sent(
    invoked: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    arguments: list[str],
    password: str,
    said: str,
) -> None:
    validation = "django.contrib.auth.password_validation"
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": f"{validation}.NumericPasswordValidator"}]
    monkeypatch.setenv(VARIABLE, password)

    def nobody(_question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    monkeypatch.setattr("zappa_xray.deployment.credentials.getpass", nobody)
    with pytest.raises(CommandError) as refused:
        superuser(*arguments)
    assert said in str(refused.value)
    assert invoked == []


def test_a_person_is_asked_again_until_two_good_ones_are_the_same(
    aws: AWS,
    invoked: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    validation = "django.contrib.auth.password_validation"
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": f"{validation}.NumericPasswordValidator"}]
    typed = iter(["12345678", PASSWORD, "a slip", PASSWORD, PASSWORD])
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr("builtins.input", lambda question: f"{question[0]}@b.org")
    monkeypatch.setattr("zappa_xray.deployment.credentials.getpass", lambda question: next(typed))
    aws.answers("lambda", "invoke", {"Payload": answered(None)})
    assert superuser() == "u@b.org is an admin of the stage dev.\n"
    [call] = invoked
    assert check_password(PASSWORD, json.loads(call["Payload"])["password"])
    printed = capsys.readouterr().out
    assert "entirely numeric" in printed
    assert "not the same" in printed


class Handler(BaseHTTPRequestHandler):
    asked: list[dict[str, Any]]
    answer: tuple[int, bytes]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append({"path": self.path, **json.loads(body)})
        status, content = self.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Handler]]:
    """The class of a service's handler of requests; `root` is where it listens."""
    monkeypatch.setenv(VARIABLE, PASSWORD)
    answer = (200, json.dumps({"token": TOKEN}).encode())
    handler = type("OneHandler", (Handler,), {"asked": [], "answer": answer})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        handler.root = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]  # told to the test
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield handler
        server.shutdown()
        thread.join()


def token(*arguments: str) -> str:
    output = io.StringIO()
    call_command("stage_token", "dev", "--username", "ada", *arguments, stdout=output)
    return output.getvalue()


def test_the_token_is_asked_for_at_the_stage_s_address(
    aws: AWS, handler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Stage, "load", lambda name: aws.stage())
    monkeypatch.setattr(stage_token, "root_address", lambda stage: f"{handler.root}/dev")
    assert token() == f"{TOKEN}\n"
    [asked] = handler.asked
    assert asked == {"path": "/dev/api/token/", "username": "ada", "password": PASSWORD}


def test_a_service_that_gives_no_token_is_quoted(handler: Any) -> None:
    handler.answer = (400, b'{"non_field_errors": ["Unable to log in"]}')
    with pytest.raises(CommandError, match=r"answered 400: .*Unable to log in"):
        token("--root", handler.root)
    assert len(handler.asked) == 1


@pytest.mark.parametrize("root", ["http://example.org", "ftp://127.0.0.2/"])
def test_no_password_is_sent_in_the_clear(handler: Any, root: str) -> None:
    with pytest.raises(CommandError, match="no password is sent there"):
        token("--root", root)
    assert handler.asked == []
