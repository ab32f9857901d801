"""What a person finds on the page of traces, and what is sent to it."""

from __future__ import annotations

import os

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from tests.browser import missing, wait_for

HEADER = b'{"format": "json", "version": 1}\n'
INJECTED = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
# Where all is to be tested, a missing browser is a failure.
in_a_browser = pytest.mark.skipif(
    missing() is not None and not os.environ.get("CI"), reason=missing() or ""
)


def find(driver: Chrome, selector: str) -> WebElement:
    """Return the first visible element of a selector, which may still have to appear."""
    return wait_for(lambda: next(iter(driver.find_elements(By.CSS_SELECTOR, selector)), None))


def row(driver: Chrome, trace_id: str) -> WebElement:
    """Return a complete trace's row in the list: that of one in progress is soon replaced."""
    return find(driver, f"#traces tr[data-id='{trace_id}']:not(:has(.in-progress))")


def opened(driver: Chrome, trace_id: str) -> list[str]:
    """Open a trace; return the text of its lines."""
    row(driver, trace_id).find_element(By.TAG_NAME, "a").click()
    wait_for(lambda: trace_id in find(driver, "#detail:not([hidden]) #facts").text)
    labels = driver.find_elements(By.CSS_SELECTOR, "#lines .label")
    return [" ".join(label.text.split()) for label in labels]


def routes(driver: Chrome) -> set[str]:
    """Return the routes in the list."""
    # In one step: between two, a row may have been replaced.
    script = (
        "return [...document.querySelectorAll('#traces .route a')].map(cell => cell.textContent)"
    )
    return set(driver.execute_script(script))


def complaints(driver: Chrome) -> list[object]:
    """Return what the browser complains of: refused by the policy, failed scripts, missing files."""
    return list(driver.get_log("browser"))  # type: ignore[no-untyped-call]  # selenium's
