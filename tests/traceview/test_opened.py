"""A trace that is opened on the page: what it tells, and that all of it is text."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.browser import Site, wait_for
from tests.traceview.looking import HEADER, INJECTED, complaints, find, in_a_browser, opened, row

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("traceview"), in_a_browser]


@pytest.mark.parametrize("driver", ["light", "dark"], indirect=True)
def test_what_goes_right_and_what_goes_wrong_appears_and_opens(site: Site, driver: Chrome) -> None:
    driver.get(site.page)
    wait_for(lambda: "listening" in find(driver, "#state").text)
    paths = ("/health/", "/repeat/", "/fail/now", "/hang/")  # after the page was loaded
    health, repeat, fail, hang = (site.get(path)[1] for path in paths)

    assert opened(driver, health) == ["request GET /health/ 200"]

    assert "N+1 36×" in row(driver, repeat).text
    (repeated,) = (line for line in opened(driver, repeat) if "times the same query" in line)
    assert repeated.startswith("query 36 times the same query: SELECT … FROM")
    assert "troubles.py:11 repeat" in repeated
    assert "ran 36 times (N+1), in troubles.py:11 repeat" in find(driver, "#story p").text
    assert len(driver.find_elements(By.CSS_SELECTOR, "#lines .bar.query")) == 37

    assert row(driver, fail).find_element(By.CSS_SELECTOR, ".mark.fault")
    assert opened(driver, fail)[0] == "request GET /fail/{what} 500 fault"
    assert "(troubles.py:18 fail)" in find(driver, "#story p").text
    assert "frames of libraries\n  troubles.py:18 fail" in find(driver, "#story pre").text

    assert row(driver, hang).find_element(By.CSS_SELECTOR, ".mark.timed-out")
    assert opened(driver, hang) == [
        "request GET /hang/ 200 timed out",
        "deadline deadline timed out fault",
    ]
    told = [sentence.text for sentence in driver.find_elements(By.CSS_SELECTOR, "#story p")]
    assert told[0] == "GET /hang/ ran 1 s in the service's own code, in troubles.py:22 hang."
    assert told[1].startswith("It answered 200 after 1.5")
    find(driver, "#raw > summary").click()
    assert '"timed_out": true' in wait_for(lambda: find(driver, "#raw pre").text)
    assert complaints(driver) == []


def test_what_a_caller_sends_is_shown_as_text(site: Site, driver: Chrome) -> None:
    driver.get(site.page)
    nowhere = site.get("/%3Cimg%20src=x%20onerror=%22document.title='owned'%22%3E/nowhere")[1]
    fail = site.get("/fail/%3Cimg%20src=x%3E?q=%3Cscript%3E", headers={"User-Agent": INJECTED})[1]
    hostile = hostile_document()
    site.send(HEADER + json.dumps(hostile).encode())
    assert "/%3Cimg%20src%3Dx%20onerror%3D" in row(driver, nowhere).text

    assert INJECTED in row(driver, hostile["trace_id"]).text
    assert opened(driver, hostile["trace_id"])[1] == f"query {INJECTED}"
    assert INJECTED in find(driver, "#title").text

    lines = opened(driver, fail)
    # A comment of the query is left out before it could be shown; the request's own line is not.
    assert [line for line in lines if line.startswith("query")] == [
        "query SELECT 1 troubles.py:17 fail"
    ]
    assert lines[0] == "request GET /fail/{what} 500 fault"
    find(driver, "#lines summary").click()
    details = find(driver, "#lines dl").text
    assert f"RuntimeError: {INJECTED}" in details
    assert f"user_agent: {INJECTED}" in details
    find(driver, "#raw > summary").click()
    wait_for(lambda: "onerror" in find(driver, "#raw pre").text)

    assert driver.title == "Traces"
    assert driver.find_elements(By.CSS_SELECTOR, "img, body script, iframe") == []
    assert complaints(driver) == []


def hostile_document() -> dict[str, Any]:
    """A document of which every text is markup."""
    return {
        "id": INJECTED,
        "trace_id": "1-5f84c7a1-e7d1852db8c4fd35d88bf49a",
        "name": INJECTED,
        "start_time": time.time(),
        "end_time": time.time() + 1,
        "origin": INJECTED,
        "annotations": {"route": INJECTED, "method": INJECTED, INJECTED: INJECTED},
        "http": {"request": {"url": INJECTED, INJECTED: INJECTED}, "response": {"status": 200}},
        "metadata": {INJECTED: {INJECTED: INJECTED}},
        "cause": {"exceptions": [{"type": INJECTED, "stack": [{"path": INJECTED}]}]},
        "subsegments": [
            {
                "id": "1",
                "name": INJECTED,
                "end_time": time.time() + 1,
                "sql": {"sanitized_query": INJECTED},
            }
        ],
    }
