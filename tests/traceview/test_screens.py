"""The page on narrow and wide screens, in light and dark, and for who listens to it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.browser import Site, wait_for
from tests.traceview.looking import HEADER, find, in_a_browser, row

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("traceview"), in_a_browser]

# What stands beyond the edge of its cell, or of what it would have to be scrolled in.
OVERHANGING = """
const beyond = (inner, outer) => inner.getBoundingClientRect().right > outer.getBoundingClientRect().right + 1;
return [
  ...[...document.querySelectorAll("section:not([hidden])")].filter((one) => one.scrollWidth > one.clientWidth),
  ...[...document.querySelectorAll("section:not([hidden]) td.route a")].filter((one) => beyond(one, one.closest("td"))),
].map((one) => one.outerHTML);
"""


@pytest.mark.parametrize("driver", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("width", [390, 1600])
def test_each_view_fits_a_phone_and_a_wide_screen(site: Site, driver: Chrome, width: int) -> None:
    fail = site.get("/fail/narrow")[1]
    site.send(HEADER + json.dumps(long_document()).encode())
    site.get("/repeat/")
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        for view in ("", "?view=routes", f"#{fail}"):
            driver.get("about:blank")
            driver.get(site.page + view)
            find(
                driver,
                "#figures a" if "routes" in view else "#story p" if fail in view else "#traces a",
            )
            assert driver.execute_script("return document.documentElement.scrollWidth") <= width
            assert driver.execute_script(OVERHANGING) == []
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def long_document() -> dict[str, Any]:
    """A document of which route and query are longer than any screen."""
    return {
        "id": "f89921ef9484ac58",
        "trace_id": "1-6b03135a-b74d5d557683a313a14b6c76",
        "name": "x",
        "start_time": time.time(),
        "end_time": time.time() + 1,
        "annotations": {"method": "GET", "route": "/organisations/{organisation_id}" * 9},
        "subsegments": [{"id": "1", "name": "x", "sql": {"sanitized_query": "x" * 300}}],
    }


def test_who_listens_is_told_how_many_are_shown_and_not_of_each_request(
    site: Site, driver: Chrome
) -> None:
    def told() -> str:
        return str(find(driver, "#told[role=status]").get_attribute("textContent"))

    driver.get(site.page)
    before = wait_for(told)
    driver.execute_script("Date.now = () => 0")  # no time goes by for it
    seen = site.get("/health/?told")[1]
    row(driver, seen)
    assert told() == before
    driver.execute_script("Date.now = () => 9e15")
    now = wait_for(lambda: told() != before and told())
    count = len(driver.find_elements(By.CSS_SELECTOR, "#traces tr"))
    assert now == f"{count} of {count} requests shown"
