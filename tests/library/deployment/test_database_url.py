"""Which URLs of a database are read otherwise than they were meant, by what reads them in Django."""

from urllib.parse import quote

import environ
import pytest
from zappa_xray.deployment.database_url import misread

RIGHT = [
    "postgresql://notes:secret@db.example.org/notes",
    "postgresql://notes:secret@db.example.org:5432/notes?sslmode=verify-full&options=a@b",
    "postgresql://db.example.org:5432/notes?service=a@b",
    "mysql://notes@db.example.org/notes",
    "sqlite:////var/lib/a@b#c.sqlite3",
    "postgresql://%2Fvar%2Frun/notes",
    "not a url # at / all",
    "",
]


@pytest.mark.parametrize("url", RIGHT)
def test_a_url_that_is_read_as_it_was_meant_is_let_through(url: str) -> None:
    assert misread(url) == ""


@pytest.mark.parametrize(
    "password", ["a#b", "a/b", "a?b", "12/3", "12?3", "p@s/s", "p@s#s", "p@s?s", "/", "#"]
)
def test_a_password_that_ends_the_address_is_found_and_its_quoted_form_is_right(
    password: str,
) -> None:
    url = "postgresql://notes:{}@db.example.org/notes"
    assert misread(url.format(password)) in set(password) & {*"#/?"}
    quoted = url.format(quote(password, safe=""))
    assert misread(quoted) == ""
    assert environ.Env.db_url_config(quoted)["PASSWORD"] == password


@pytest.mark.parametrize("password", ["a@b", "a:b", "50%", "a%zz", "a+b", "a&b=c", "a;b"])
def test_a_password_that_is_read_as_it_stands_is_let_through(password: str) -> None:
    url = f"postgresql://notes:{password}@db.example.org/notes"
    assert environ.Env.db_url_config(url)["PASSWORD"] == password
    assert misread(url) == ""
