"""Texts without what may be personal or secret in them: messages of exceptions, URLs, log lines."""

import re
from contextlib import suppress

from zappa_xray.tracing.conf import settings
from zappa_xray.tracing.plain import text_of

# Clients choose parts of these texts: each expression takes or leaves a run of characters once, so
# that no text takes long.
_URL_CHARACTERS = r"[^\s\"'<>]"
_CREDENTIALS = re.compile(rf"(?<=[A-Za-z0-9+.-])://(?:(?![/?#]){_URL_CHARACTERS})*@")
# Also the path alone: urllib3 writes "GET /path?query HTTP/1.1" and "with url: /path?query".
_QUERY = re.compile(rf"((?<![\w/])/(?:(?![?#]){_URL_CHARACTERS})*+)(?:[?#]{_URL_CHARACTERS}*+)?")
# Below its first line a message of PostgreSQL has fields, in the server's language, which repeat
# the row (DETAIL) or the query (LINE 1, QUERY, CONTEXT) with its values:
# https://www.postgresql.org/docs/current/protocol-error-fields.html
_FIELDS = re.compile(r"(?:\n|\\n)(?:[^\W\d_]+ ?:  |[^\W\d_]+ \d+: ).*", re.DOTALL)
# What stands before a value in quotes, and what after it, the first that is found; it may hold quotes.
_VALUES = [
    (re.compile(before), after)
    for before, *after in (
        # MySQL: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
        ("Duplicate entry '", "' for key "),
        (r"[Ii]ncorrect [^\n']{0,64}?value: '", "' for column ", "' for function ", "'"),
        ("syntax to use near '", "' at line "),
        # PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html, class 22
        (r'invalid input (?:syntax|value) for [^\n"]{0,200}?: "', '"'),
        (r'(?:at or near|out of range:|malformed [a-z ]{1,40} literal:|hexadecimal digit:) "', '"'),
        (r'\bvalue "', '" is out of range', '" for "'),
        (r'\btime zone "', '" not '),
    )
]
# All else that MySQL puts into quotes may be a value or a whole expression, but for these names.
_OF_MYSQL = re.compile(r"\((?:1|[3-9])\d{3}, (?P<quote>[\"'])")
_QUOTED = re.compile(
    r"(?P<name>\b(?:key|column|table|field|index|constraint|database|schema|user|function|procedure"
    r"|trigger|view|engine|variable) \\?'[^']*'|@\\?'[^']*'"
    r"|\bin \\?'[a-z ]{1,40} (?:clause|list|statement)\\?'|n\\?'t\b)"
    r"|\\?'.*'|\bfor value \S+",
    re.DOTALL | re.IGNORECASE,
)


def scrubbed(text: str) -> str:
    """The text without query strings and passwords of URLs, and without values of database rows.

    Query strings stay when the settings' RECORD has `query_string`; a password never does.
    """
    if "@" in text and "://" in text:
        text = _CREDENTIALS.sub("://", text)
    if "/" in text and ("?" in text or "#" in text) and "query_string" not in settings.record:
        text = _QUERY.sub(r"\1", text)
    if ":  " in text or ": " in text and "\n" in text:
        text = _FIELDS.sub("", text)
    if "'" in text or '"' in text:
        text = _without_values(text)
    return text


def scrub(exception: BaseException) -> None:
    """Changes the text of an exception that Zappa or Lambda's runtime is about to print, where it can."""
    text = text_of(exception)
    if (clean := scrubbed(text)) != text:
        with suppress(Exception):  # of a class that forbids it
            exception.args = (clean,)


def without_credentials(url: str) -> str:
    """The URL without `user:password@`; for what is recorded because somebody asks for it."""
    return _CREDENTIALS.sub("://", url) if "@" in url and "://" in url else url


def _without_values(text: str) -> str:
    for before, after in _VALUES:
        if start := before.search(text):
            ends = (text.rfind(suffix, start.end()) for suffix in after)
            if (end := next((found for found in ends if found >= 0), -1)) >= 0:
                text = f"{text[: start.end() - 1]}?{text[end + 1 :]}"
    if start := _OF_MYSQL.search(text):
        end = text.rfind(f"{start['quote']})", start.end())
        end = len(text) if end < 0 else end
        told = _QUOTED.sub(_name_only, text[start.end() : end])
        text = text[: start.end()] + told + text[end:]
    return text


def _name_only(match: re.Match[str]) -> str:
    return match["name"] or ("for value ?" if match[0][0] in "fF" else "?")
