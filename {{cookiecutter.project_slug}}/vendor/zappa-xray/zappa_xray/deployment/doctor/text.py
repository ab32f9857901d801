"""The doctor's report for a person."""

from collections.abc import Callable

from zappa_xray.deployment.doctor.link import Link


def lines(links: list[Link], mark: Callable[[bool | None], str]) -> list[str]:
    """Return the report's lines; `mark` makes the sign of a link that holds, not, or was left out."""
    width = max(len(link.name) for link in links)
    report = []
    for link in links:
        report.append(f"{mark(link.holds)} {link.name:<{width}}  {link.found}")
        if link.remedy:
            report.append(f"  {'':<{width}}  -> {link.remedy}")
    return [*report, "", verdict(links)]


def verdict(links: list[Link]) -> str:
    broken = sum(link.holds is False for link in links)
    left_out = sum(link.holds is None for link in links)
    say = f"{broken} of {len(links)} links broken" if broken else "All that was looked at holds"
    return f"{say}, {left_out} left out." if left_out else f"{say}."
