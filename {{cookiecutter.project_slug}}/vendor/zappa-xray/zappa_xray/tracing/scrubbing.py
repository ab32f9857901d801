"""Texts without what may be personal or secret in them: messages of exceptions, URLs, log lines."""

import re

from zappa_xray.tracing.conf import settings

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
_VALUES = re.compile(
    # MySQL: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
    r"(?P<key>Duplicate entry )'.*'(?= for key )"
    r"|(?P<value>[Ii]ncorrect [^\n']{0,64}?value: )'.*'(?= for (?:column|function) |[\"')]*\s*\Z)"
    r"|(?P<syntax>syntax to use near )'.*'(?= at line )"
    # PostgreSQL
    r'|(?P<postgresql>invalid input (?:syntax|value) for [^\n"]{0,200}?: |at or near |out of range: )".*"',
    re.DOTALL,
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
        text = _VALUES.sub(_without_value, text)
    return text


def without_credentials(url: str) -> str:
    """The URL without `user:password@`; for what is recorded because somebody asks for it."""
    return _CREDENTIALS.sub("://", url)


def _without_value(match: re.Match[str]) -> str:
    return f"{match[match.lastgroup or 0]}?"
