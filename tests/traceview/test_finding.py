"""How a request is found on the page: by keys, by clicks, by words and by addresses."""

from __future__ import annotations

import json
import re
import time

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.browser import Site, wait_for
from tests.traceview.looking import HEADER, find, in_a_browser, routes, row

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("traceview"), in_a_browser]


def test_the_keyboard_is_enough(site: Site, driver: Chrome) -> None:
    site.get("/health/")
    repeat = site.get("/repeat/")[1]
    driver.get(site.page)
    row(driver, repeat)
    body = find(driver, "body")
    body.send_keys("/")
    driver.switch_to.active_element.send_keys("repeat >0.1 ms")
    wait_for(lambda: routes(driver) == {"/repeat/"})
    driver.switch_to.active_element.send_keys(Keys.CONTROL + "a")
    driver.switch_to.active_element.send_keys(Keys.DELETE, Keys.TAB)
    wait_for(lambda: len(routes(driver)) > 1)
    driver.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    driver.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    second = driver.switch_to.active_element
    assert second == driver.find_elements(By.CSS_SELECTOR, "#traces a")[1]
    address = second.get_attribute("href")
    second.send_keys(Keys.ENTER)
    wait_for(lambda: driver.current_url == address)
    find(driver, "#lines .line")
    wait_for(lambda: driver.switch_to.active_element.get_attribute("id") == "detail")
    driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    wait_for(lambda: driver.switch_to.active_element.get_attribute("href") == address)
    assert driver.current_url == site.page
    assert not find(driver, "#detail").is_displayed()


def test_routes_are_sorted_and_lead_to_their_requests_and_the_address_keeps_it(
    site: Site, driver: Chrome
) -> None:
    fail = site.get("/fail/again")[1]
    site.get("/repeat/")
    site.get("/health/")
    driver.get(f"{site.page}?view=routes")
    find(driver, "#figures a")
    find(driver, "[data-sort=n_plus_one]").click()
    wait_for(lambda: find(driver, "#figures a").text == "GET /repeat/")
    assert "sort=-n_plus_one" in driver.current_url
    find(driver, "[data-sort=faults]").click()
    wait_for(lambda: find(driver, "#figures a").text == "GET /fail/{what}")
    find(driver, "#figures a").click()
    wait_for(lambda: routes(driver) == {"/fail/{what}"})
    row(driver, fail).find_element(By.TAG_NAME, "a").click()
    find(driver, "#story p")
    driver.refresh()  # the address has the filter and the open trace
    wait_for(lambda: fail in find(driver, "#facts").text)
    wait_for(lambda: routes(driver) == {"/fail/{what}"})
    assert find(driver, "#filter").get_attribute("value") == '"GET /fail/{what}"'


def test_a_header_s_value_opens_its_trace_and_keys_the_next_and_the_previous(
    site: Site, driver: Chrome
) -> None:
    older, newer = site.get("/health/?older")[1], site.get("/health/?newer")[1]
    driver.get(site.page)
    row(driver, newer)
    find(driver, "#filter").send_keys(f"Root={older};Sampled=1")
    wait_for(lambda: older in find(driver, "#detail:not([hidden]) #facts").text)
    driver.get(f"{site.page}?filter=health#{newer}")
    wait_for(lambda: driver.switch_to.active_element.get_attribute("id") == "detail")
    wait_for(lambda: routes(driver) == {"/health/"})
    for key, trace_id in (("j", older), ("k", newer)):
        find(driver, "body").send_keys(key)
        wait_for(lambda: trace_id in find(driver, "#facts").text)  # noqa: B023  # awaited at once
    assert driver.current_url.endswith(f"?filter=health#{newer}")
    (current,) = driver.find_elements(By.CSS_SELECTOR, "#traces a[aria-current=true]")
    assert str(current.get_attribute("href")).endswith(f"#{newer}")


def test_a_killed_request_is_found_by_how_long_it_lasts_so_far(site: Site, driver: Chrome) -> None:
    started = time.time()
    trace_id = "1-6b03135a-b74d5d557683a313a14b6c75"
    deadline = {"seconds": 29.0, "where": "orders/views.py:41 create"}
    document = {
        "id": "f89921ef9484ac57",
        "trace_id": trace_id,
        "name": "x",
        "in_progress": True,
        "start_time": started - 35,
        "annotations": {"method": "POST", "route": "/orders/", "timed_out": True},
        "metadata": {"tracing": {"deadline": deadline}},
    }
    site.send(HEADER + json.dumps(document).encode())
    driver.get(f"{site.page}?filter=%3E34s")
    found = find(driver, f"#traces tr[data-id='{trace_id}']")
    assert re.search(r"3\d\.\d\d s so far", found.text)
    find(driver, f"#traces tr[data-id='{trace_id}'] a").click()
    assert find(driver, "#story p").text.endswith("in orders/views.py:41 create.")
    assert find(driver, "#story.hurt")


def test_words_and_marks_are_clicked_and_the_browser_goes_back(site: Site, driver: Chrome) -> None:
    site.get("/health/?clicked")
    fail, hang = site.get("/fail/clicked")[1], site.get("/hang/")[1]
    driver.get(site.page)
    wait_for(lambda: taken(driver) == EVERYTHING)
    for word, pressed in (
        (">1s", SLOW),
        ("timed out", SLOW),
        ("5xx", FAILED),
    ):
        (button,) = (one for one in buttons(driver) if one.text == word)
        button.click()
        wait_for(lambda: taken(driver) == pressed)  # noqa: B023  # awaited at once
        assert [one.text for one in buttons(driver, "[aria-pressed=true]")] == [word]
        button.click()
        wait_for(lambda: taken(driver) == EVERYTHING)
    row(driver, hang).find_element(By.CSS_SELECTOR, ".mark.timed-out").click()
    wait_for(lambda: taken(driver) == SLOW)
    assert driver.current_url == f"{site.page}?filter=timed+out"
    driver.back()
    wait_for(lambda: taken(driver) == EVERYTHING)
    row(driver, fail).find_element(By.CSS_SELECTOR, ".mark.fault").click()
    wait_for(lambda: taken(driver) == FAILED)
    row(driver, fail).find_element(By.CSS_SELECTOR, "td.number").click()
    wait_for(lambda: fail in find(driver, "#detail:not([hidden]) #facts").text)
    for address in ("?filter=fault", ""):
        driver.back()
        wait_for(lambda: driver.current_url == site.page + address)  # noqa: B023
    wait_for(lambda: taken(driver) == EVERYTHING)
    find(driver, "[data-view=routes]").click()
    find(driver, "[data-sort=faults]").click()
    wait_for(lambda: find(driver, "#figures a").text == "GET /fail/{what}")
    find(driver, "#figures a").click()
    wait_for(lambda: taken(driver) == FAILED)
    driver.back()
    wait_for(lambda: find(driver, "#routes").is_displayed())
    assert driver.current_url == f"{site.page}?view=routes&sort=-faults"


SLOW, FAILED = {"/hang/"}, {"/fail/{what}"}
EVERYTHING = SLOW | FAILED | {"/health/"}


def taken(driver: Chrome) -> set[str]:
    """Return which of the routes of the test are in the list, beside whatever other tests have sent."""
    return routes(driver) & EVERYTHING


def buttons(driver: Chrome, which: str = "") -> list[WebElement]:
    """Return the words that can be clicked."""
    return driver.find_elements(By.CSS_SELECTOR, f"#words button{which}")
