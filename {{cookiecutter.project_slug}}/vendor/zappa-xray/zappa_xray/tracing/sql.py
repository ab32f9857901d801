"""The text of a query without the values that somebody has composed into it."""

import re
from functools import lru_cache

# Possessive, so that no text makes them slow; a literal that never ends takes all of the rest.
_STANDARD_STRING = r"'(?:[^']|'')*+(?:'|\Z)"
_ESCAPED_STRING = r"'(?:[^'\\]|''|\\(?:.|\Z))*+(?:'|\Z)"
# PostgreSQL's comments nest: of one with another in it nothing that follows is kept.
_COMMENT = r"/\*(?:[^*/]|\*(?!/)|/(?!\*))*+(?:\*/|/\*.*|\Z)"
_PLACEHOLDER = r"%\(\w*\)s|%s|%%|\?\d*|\$\d+|:\w+"
_ROWS = r"\b(?:LIMIT|OFFSET)\s+\d+(?:\s*,\s*\d+)?"
_NAME = r"[^\W\d][\w$]*+|`(?:[^`]|``)*+`"
_SMALL_NUMBER = r"\d(?![\w.])"
_NUMBER = r"\d[\w.]*+(?:(?<=[eE])[+-]\d+)?"


def _tokens(literals: str, kept: str, comments: str) -> re.Pattern[str]:
    kept = rf"{_ROWS}|{_PLACEHOLDER}|{kept}|{_NAME}|{_SMALL_NUMBER}"
    return re.compile(
        rf"(?P<comment>{comments}|{_COMMENT})|(?P<literal>{literals})|(?P<kept>{kept})"
        rf"|(?P<number>{_NUMBER})",
        re.DOTALL | re.IGNORECASE,
    )


_QUOTED_NAME = r'"(?:[^"]|"")*+"'
_STANDARD = _tokens(_STANDARD_STRING, _QUOTED_NAME, r"--[^\n]*+")
_TOKENS = {
    # https://www.postgresql.org/docs/current/sql-syntax-lexical.html: E'...' has escapes, and
    # $tag$...$tag$ is a string.
    "postgresql": _tokens(
        rf"e{_ESCAPED_STRING}|\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)|{_STANDARD_STRING}",
        _QUOTED_NAME,
        r"--[^\n]*+",
    ),
    # https://dev.mysql.com/doc/refman/8.4/en/string-literals.html: strings have escapes, and may
    # stand in double quotes.
    "mysql": _tokens(
        rf"{_ESCAPED_STRING}|{_ESCAPED_STRING.replace("'", '"')}",
        r"@\w+",
        r"--(?=\s|\Z)[^\n]*+|\#[^\n]*+",
    ),
}
_LONGEST_KEPT = 4_096


def without_literals(sql: str, vendor: str) -> str:
    """The query with `?` for each string and number that stands in its text; comments are gone.

    `vendor` is that of Django's connection. Placeholders stay, and so do numbers of one digit
    and those of LIMIT and OFFSET, which Django itself writes into its queries.
    """
    if not _may_hold_literals(sql, vendor):
        return sql
    return (_remembered if len(sql) <= _LONGEST_KEPT else _replaced)(sql, vendor)


_TWO_DIGITS = re.compile(r"[0-9][0-9.xe]", re.IGNORECASE)


def _may_hold_literals(sql: str, vendor: str) -> bool:
    # Made for each query: what str finds is quicker than any regular expression.
    return (
        "'" in sql
        or "--" in sql
        or "/*" in sql
        or "$" in sql
        or (vendor == "mysql" and ('"' in sql or "#" in sql))
        or _TWO_DIGITS.search(sql) is not None
    )


def _replaced(sql: str, vendor: str) -> str:
    return _TOKENS.get(vendor, _STANDARD).sub(_replacement, sql).strip()


_remembered = lru_cache(maxsize=256)(_replaced)


def _replacement(token: re.Match[str]) -> str:
    if token["kept"]:
        return token[0]
    return " " if token["comment"] else "?"
