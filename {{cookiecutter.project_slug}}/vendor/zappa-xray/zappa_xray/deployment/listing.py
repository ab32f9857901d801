"""What is said of a package: what of the folder goes in, what stays behind, what is not committed."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from textwrap import wrap

from zappa_xray.deployment.belongs import Contents

WIDTH = 80
LONGEST_LIST = 12


def lines(contents: Contents, not_committed: list[Path] | None) -> list[str]:
    """Return the lines, of at most 80 characters where names allow it."""
    kept = [name for name in contents.stays_behind() if is_worth_saying(Path(name))]
    report = [
        *paragraph("Into the package, of this folder: ", by_folder(contents.files)),
        *paragraph("It stays behind: ", kept),
    ]
    if not_committed:
        names = [str(path) for path in not_committed]
        more = len(names) - LONGEST_LIST
        shown = [*names[:LONGEST_LIST], f"and {more} more"] if more > 0 else names
        report += paragraph("Packaged though not committed to git: ", shown)
    return report


def by_folder(files: Iterable[Path]) -> list[str]:
    """Return the modules, and each folder with how many files of it there are."""
    counts = Counter(f"{path.parts[0]}/" if path.parts[1:] else str(path) for path in files)
    return [
        f"{name} ({count} file{'s' if count > 1 else ''})" if name.endswith("/") else name
        for name, count in sorted(counts.items())
    ]


def is_worth_saying(path: Path) -> bool:
    """Return whether somebody could miss it: no cache, and of what is hidden only `.env` files."""
    hidden = path.name.startswith(".") and not path.name.startswith(".env")
    return not hidden and path.name != "__pycache__"


def paragraph(head: str, names: list[str]) -> list[str]:
    text = f"{head}{', '.join(name.replace(' ', '\N{NO-BREAK SPACE}') for name in names)}"
    broken = wrap(
        text, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in broken] if names else []
