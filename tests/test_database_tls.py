"""DATABASE_CA_BUNDLE against servers that demand TLS, with certificates of an authority made here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from emulator.daemon import Daemon
from emulator.function import Function
from emulator.service import Service, offered_python
from tests.choices import Once, packaged
from tests.databases import MariaDB, PostgreSQL, Server, need
from tests.managing import Managed
from tests.warm.interpreter import warm

pytestmark = pytest.mark.slow

Connect = Callable[..., str]

SERVERS = [
    pytest.param(kind, id=kind.__name__, marks=pytest.mark.xdist_group(kind.__name__))
    for kind in (PostgreSQL, MariaDB)
]
# Prints how the connection is protected, or why there is none.
CONNECT = """
import sys
sys.path.insert(0, "")
import django
django.setup()
from django.db import OperationalError, connection
try:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            print(cursor.fetchone()[0])
        else:
            cursor.execute("SHOW STATUS LIKE 'Ssl_version'")
            print(cursor.fetchone()[1])
except OperationalError as error:
    print("refused:", str(error).replace("\\n", " "))
"""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, authority: trustme.CA) -> Iterator[Server]:
    """A server that demands TLS and proves that it is `localhost`."""
    kind: type[Server] = request.param
    need(kind)
    with kind(authority.issue_cert("localhost")) as server:
        yield server


@pytest.fixture(scope="module")
def service(server: Server, once: Once) -> Service:
    """The service whose answer to `database` is the server's kind."""
    return packaged(once, offered_python(), server.kind)


@pytest.fixture(scope="module")
def bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(authority, tmp_path_factory.mktemp("authority"))


def written(authority: trustme.CA, folder: Path) -> Path:
    authority.cert_pem.write_to_path(folder / "ca.pem")
    return folder / "ca.pem"


@pytest.fixture(scope="module")
def connect(
    server: Server, service: Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connect]:
    """What the service's settings make of a database's URL, and of variables beside it."""
    script = tmp_path_factory.mktemp("connects") / "connect.py"
    script.write_text(CONNECT)
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings"}
    like = "import django; django.setup(); from django.db import connection; connection.vendor"
    with warm(
        service.folder / ".venv", like, service.folder, settings | {"DATABASE_URL": server.url}
    ) as interpreter:

        def connect(url: str, **variables: str) -> str:
            environment = settings | {"DATABASE_URL": url} | variables
            return Managed(service, interpreter).run([str(script)], environment).strip()

        yield connect


def test_the_authority_s_certificate_for_the_host_s_name_is_taken(
    server: Server, connect: Connect, bundle: Path
) -> None:
    answer = connect(server.url_at("localhost"), DATABASE_CA_BUNDLE=str(bundle))
    assert re.fullmatch(r"TLSv1\.[23]", answer)


def test_a_certificate_of_another_authority_is_refused(
    server: Server, connect: Connect, tmp_path: Path
) -> None:
    other = written(trustme.CA(), tmp_path)
    answer = connect(server.url_at("localhost"), DATABASE_CA_BUNDLE=str(other))
    assert answer.startswith("refused:")
    assert "certificate verify failed" in answer


def test_a_certificate_for_another_name_is_refused(
    server: Server, connect: Connect, bundle: Path
) -> None:
    answer = connect(server.url_at("127.0.0.1"), DATABASE_CA_BUNDLE=str(bundle))
    assert answer.startswith("refused:")
    assert re.search(r'"localhost" does not match|IP address mismatch', answer)


def test_a_server_without_tls_is_refused(connect: Connect, server: Server, bundle: Path) -> None:
    with type(server)() as plain:
        unprotected = connect(plain.url_at("127.0.0.1"))
        answer = connect(plain.url_at("127.0.0.1"), DATABASE_CA_BUNDLE=str(bundle))
    assert not unprotected.startswith("refused:")
    assert answer.startswith("refused:")
    assert re.search("does not support SSL|SSL is required|TLS", answer)


def test_the_packaged_bundle_is_found_in_lambda(
    server: Server, service: Service, bundle: Path, daemon: Daemon
) -> None:
    environment = {
        "DATABASE_URL": server.url_at("localhost"),
        "DATABASE_CA_BUNDLE": "certs/ca.pem",
        "DJANGO_SECRET_KEY": "secret " * 10,
    }
    with Function.from_installed(
        service,
        daemon.address,
        environment=environment,
        files={"certs/ca.pem": bundle.read_text()},
    ) as function:
        assert "notes\n [ ] 0001_initial" in function.manage("showmigrations notes")
