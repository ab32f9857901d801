from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.test.utils import override_script_prefix


def test_health_answers_without_a_database(client: Client) -> None:
    assert client.get("/health/").json() == {"status": "ok"}


def test_the_openapi_schema_is_valid(tmp_path: Path) -> None:
    schema_file = str(tmp_path / "schema.yml")
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", schema_file)


@pytest.mark.django_db  # closing a response asks for the connections
@pytest.mark.parametrize("prefix", ["", "/dev"])
@pytest.mark.parametrize(
    ("page", "style"),
    [
        ("/admin/login/", "admin/css/base.css"),
        ("/api/docs/", "drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"),
    ],
)
def test_pages_link_their_styles_below_the_stage(
    client: Client, prefix: str, page: str, style: str
) -> None:
    with override_script_prefix(f"{prefix}/"):
        response = client.get(page)
    assert response.status_code == 200
    assert f'href="{prefix}/static/{style}"' in response.content.decode()
    stylesheet = client.get(f"/static/{style}")
    assert stylesheet.headers["Content-Type"].startswith("text/css")
    stylesheet.close()


def test_the_docs_send_their_requests_below_the_stage(client: Client) -> None:
    with override_script_prefix("/dev/"):
        assert 'url: "/dev/api/schema/"' in client.get("/api/docs/").content.decode()
        schema = client.get("/api/schema/?format=json").json()
    assert schema["servers"] == [{"url": "/dev"}]
