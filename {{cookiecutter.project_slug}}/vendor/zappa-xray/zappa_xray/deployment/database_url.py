"""Passwords that a URL cannot hold as they are: what reads it takes a part of them for something else.

https://www.rfc-editor.org/rfc/rfc3986#section-3.2
"""

import re
from collections.abc import Iterator, Mapping

PARTS = re.compile(r"(?P<authority>[^/?#]*)(?P<path>[^?#]*)(\?(?P<query>[^#]*))?(?P<fragment>#.*)?")
QUOTE = "python3 -c 'import getpass, urllib.parse; print(urllib.parse.quote(getpass.getpass(), safe=\"\"))'"


def url_faults(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with the variables that hold a database's URL, by their names.

    Says which character it is, and no part of the value.
    """
    return {
        name: f"in {name} a `{character}` ends the address of the server, where it was probably meant as"
        f" a part of the password: write %{ord(character):02X} for it. This asks for a password and"
        f" prints it as a URL can hold it: {QUOTE}"
        for name, value in environment.items()
        if "DATABASE" in name and (character := misread(value))
    }


def misread(url: str) -> str:
    """Return the character that ends the user and the password of a URL too early, if there is one."""
    scheme, separator, rest = url.partition("://")
    found = PARTS.fullmatch(rest) if separator and scheme != "sqlite" else None
    return next(suspects(found), "") if found else ""


def suspects(url: re.Match[str]) -> Iterator[str]:
    # An @ comes before the host, and may stand in a value of the query.
    if url["authority"] and "@" in url["path"]:
        yield "/"
    if "@" in (url["query"] or "") and "=" not in url["query"].partition("@")[0]:
        yield "?"
    if url["fragment"]:
        yield "#"
