"""People in Chromium: how a test opens a person's campaign and moves from clip to clip."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
READY = ".emotion:not([disabled])"


@contextmanager
def open_chromium() -> Iterator:
    """Give Debian's Chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def come_in(page, served, name):
    """Open a person's link and arrive at home."""
    page.goto(served.link(name))
    page.wait_for_url(f"{served.address}/")


def open_campaign(page, number=1):
    """Go from home to the page of a campaign, as a mouse does."""
    page.get_by_role("link", name=f"Open {number}").click()
    page.wait_for_selector(READY)


def current_token(page):
    return page.locator("#stage").get_attribute("data-token")


def wait_for_another(page, token):
    # functions that Playwright evaluates again and again are refused by the page's policy
    page.wait_for_selector(f"#stage:not([data-token='{token}'])", state="attached")


def find_serious(page):
    """Return rule and element of what axe finds serious; its script needs `bypass_csp`."""
    from axe_playwright_python.sync_playwright import Axe

    return [
        (finding["id"], node["html"][:200])
        for finding in Axe().run(page).response["violations"]
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
    ]
