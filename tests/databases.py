"""Real database servers for one test run: own data folder, own loopback port, stopped at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

import pytest
import trustme

from emulator.ports import free_port
from emulator.processes import CommandFailed, clean_environment, kill_group

START_SECONDS = 60.0
STOP_SECONDS = 30.0
USER, PASSWORD = "notes", "correct-horse-battery"


class Server(ABC):
    """Context manager: a server that can be stopped and started again on its port.

    With a certificate it takes connections over TLS and no others.

    kind      the scheme of its URL, and the answer to the question `database`
    database  the name of the empty database it has
    accounts  users it runs as when this process is root, which servers refuse; the first there is
    """

    kind: ClassVar[str]
    database: ClassVar[str]
    accounts: ClassVar[Sequence[str]]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, certificate: trustme.LeafCert | None = None) -> None:
        self.certificate = certificate
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{self.kind}-"))
        self.account = account(self.accounts) if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    @abstractmethod
    def binary(cls, name: str) -> Path | None:
        """Return the path of one of the server's programs, None where it is not installed."""

    @classmethod
    def is_installed(cls) -> bool:
        return all(cls.binary(name) for name in cls.programs())

    @classmethod
    @abstractmethod
    def programs(cls) -> Sequence[str]:
        """Return the names of the programs that `binary` has to find."""

    @abstractmethod
    def create(self) -> None:
        """Fill the data folder."""

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command that serves the data folder."""

    @abstractmethod
    def answers(self) -> bool:
        """Return whether the server takes connections."""

    def keep(self, certificate: trustme.LeafCert) -> None:
        """Put the certificate and its key where the server reads them, its own and nobody else's."""
        certificate.cert_chain_pems[0].write_to_path(self.folder / "server.pem")
        certificate.private_key_pem.write_to_path(self.folder / "server.key")
        for file in (self.folder / "server.pem", self.folder / "server.key"):
            file.chmod(0o600)
            if self.account is not None:
                shutil.chown(file, self.account)

    @property
    def url(self) -> str:
        """What the service takes as DATABASE_URL."""
        return self.url_at("127.0.0.1")

    def url_at(self, host: str) -> str:
        """Return the server's URL under another of this machine's names."""
        return f"{self.kind}://{USER}:{PASSWORD}@{host}:{self.port}/{self.database}"

    def __enter__(self) -> Self:
        try:
            if self.account is not None:
                shutil.chown(self.folder, self.account)
            self.create()
            if self.certificate is not None:
                self.keep(self.certificate)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start the server and return when it takes connections.

        Raises CommandFailed with its log.
        """
        command = self.command()
        log = self.folder / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                env=clean_environment(),
                cwd=self.folder,
                user=self.account,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise CommandFailed(command, "the server did not start", log.read_text())
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server, its connections with it; nothing when it does not run."""
        if self._process is None:
            return
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            kill_group(self._process)
        self._process = None

    def run(self, name: str, *arguments: str) -> str:
        """Run one of the server's programs, as the server's user. Raises CommandFailed."""
        command = [str(self.binary(name)), *arguments]
        finished = subprocess.run(
            command,
            env=clean_environment(),
            cwd=self.folder,
            user=self.account,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        if finished.returncode:
            outcome = f"exit code {finished.returncode}"
            raise CommandFailed(command, outcome, finished.stdout + finished.stderr)
        return finished.stdout


class PostgreSQL(Server):
    kind = "postgresql"
    database = "postgres"  # initdb makes it
    accounts = ("postgres", "nobody")
    stop_signal = (
        signal.SIGINT
    )  # "fast": https://www.postgresql.org/docs/current/server-shutdown.html

    @classmethod
    def programs(cls) -> Sequence[str]:
        return ("initdb", "postgres", "pg_isready")

    @classmethod
    def binary(cls, name: str) -> Path | None:
        # Debian keeps the server's programs of each version off PATH.
        versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
        found = shutil.which(name)
        return versions[0] if versions else Path(found) if found else None

    def create(self) -> None:
        password = self.folder / "password"
        password.write_text(PASSWORD)
        options = ["--username", USER, "--auth", "scram-sha-256", "--pwfile", str(password)]
        self.run("initdb", *options, "--encoding", "UTF8", "--no-sync", str(self.folder / "data"))
        (self.folder / "hba").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",
        }
        if self.certificate is not None:
            settings |= {"ssl": "on", "ssl_cert_file": str(self.folder / "server.pem")}
            settings |= {"ssl_key_file": str(self.folder / "server.key")}
            settings |= {"hba_file": str(self.folder / "hba")}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binary("postgres")), "-D", str(self.folder / "data"), *options]

    def answers(self) -> bool:
        try:
            self.run("pg_isready", "--host", "127.0.0.1", "--port", str(self.port))
        except CommandFailed:
            return False
        return True


class MariaDB(Server):
    kind = "mysql"
    database = "notes"
    accounts = ("mysql", "nobody")
    stop_signal = signal.SIGTERM

    @classmethod
    def programs(cls) -> Sequence[str]:
        return ("mariadb-install-db", "mariadbd")

    @classmethod
    def binary(cls, name: str) -> Path | None:
        # Debian's mariadbd is in /usr/sbin, which only root has on PATH.
        found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
        return Path(found) if found else None

    def create(self) -> None:
        self.run(
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={self.folder / 'data'}",
            "--auth-root-authentication-method=socket",
            "--skip-test-db",
            "--skip-name-resolve",
        )
        (self.folder / "init.sql").write_text(
            f"CREATE DATABASE IF NOT EXISTS {self.database};\n"
            f"CREATE USER IF NOT EXISTS {USER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n"
            f"GRANT ALL ON *.* TO {USER}@'127.0.0.1';\n"
        )

    def command(self) -> list[str]:
        return [
            str(self.binary("mariadbd")),
            "--no-defaults",
            f"--datadir={self.folder / 'data'}",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            f"--init-file={self.folder / 'init.sql'}",
            "--bind-address=127.0.0.1",
            f"--port={self.port}",
            "--skip-name-resolve",
            # As Debian's own configuration, and as MySQL 8, have it.
            "--character-set-server=utf8mb4",
            *(self.with_tls() if self.certificate is not None else ()),
        ]

    def with_tls(self) -> list[str]:
        files = (
            f"--ssl-cert={self.folder / 'server.pem'}",
            f"--ssl-key={self.folder / 'server.key'}",
        )
        return [*files, "--require-secure-transport=ON"]

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                return bool(connection.recv(1))  # a server that is ready speaks first
        except OSError:
            return False


def need(kind: type[Server]) -> None:
    """Skip the test on a person's machine without this server; fail it where all must be there."""
    if not kind.is_installed():
        message = f"{kind.__name__} is not installed: apt install postgresql mariadb-server"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


def account(names: Sequence[str]) -> str:
    """Return the first of these users that this machine has. Raises LookupError without any."""
    existing = {user.pw_name for user in pwd.getpwall()}
    for name in names:
        if name in existing:
            return name
    raise LookupError(f"This machine has none of the users {', '.join(names)}.")
