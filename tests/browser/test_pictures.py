"""The pictures of README and docs, taken from today's pages.

`LIBRA_EMO_PICTURES=docs/images` writes them there; `make pictures` does so.
"""

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from support.browsing import CHROMIUM, READY, come_in, open_campaign
from support.busy_campaign import open_busy_campaign

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
ROOT = Path(__file__).parents[2]
MOST_BYTES = 150_000
QUALITY = 82
NAMES = (
    *("annotating", "sound_check", "contrast_cards", "training_feedback", "annotating_phone"),
    *("lead", "campaign", "adjudication"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the pictures go."""
    chosen = os.environ.get("LIBRA_EMO_PICTURES")
    return Path(chosen).absolute() if chosen else tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def pictures(browser, folder, tmp_path_factory):
    with open_busy_campaign(tmp_path_factory.mktemp("busy"), sound_check=True) as served:
        for take in (take_of_annotators, take_on_a_phone, take_of_leads, take_of_adjudicators):
            take(browser, served, folder)
    return folder


def open_page(browser, served, person, size=(1280, 780), scheme="light", **choices):
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, color_scheme=scheme, locale="en", **choices)
    page = context.new_page()
    come_in(page, served, person)
    return page


def take(page, folder, name, **choices):
    page.wait_for_timeout(300)
    content = page.screenshot(**choices)
    with Image.open(BytesIO(content)) as picture:
        picture.convert("RGB").save(folder / f"{name}.webp", quality=QUALITY, method=6)


def take_of_annotators(browser, served, folder):
    page = open_page(browser, served, "Gil")
    page.get_by_role("link", name="Open 2").click()
    page.wait_for_url("**/sound-check*")
    take(page, folder, "sound_check", clip={"x": 240, "y": 0, "width": 800, "height": 480})
    page.locator("#without").click()
    page.wait_for_selector(READY)
    page.locator("#start").click()
    page.keyboard.press("m")  # as somebody works who hears the clips
    page.wait_for_timeout(900)
    page.keyboard.press("4")
    page.wait_for_selector("#last:not(:empty)")
    page.wait_for_selector("#saved[data-waiting='0']")
    page.wait_for_timeout(900)
    take(page, folder, "annotating")
    page.keyboard.press("h")
    page.wait_for_selector("#contrasts[open]")
    take(page, folder, "contrast_cards")
    page.goto(served.address)
    open_campaign(page, 1)
    page.locator("#start").click()
    page.wait_for_timeout(600)
    page.keyboard.press("e")
    page.wait_for_selector("#feedback[open]")
    take(page, folder, "training_feedback")
    page.context.close()


def take_on_a_phone(browser, served, folder):
    touch = {"has_touch": True, "is_mobile": True}
    page = open_page(browser, served, "Fay", (360, 740), "dark", **touch)
    page.get_by_role("link", name="Open 2").tap()
    page.locator("#without").tap()
    page.wait_for_selector(READY)
    page.locator("#start").tap()
    page.locator('[data-label="ironic"]').scroll_into_view_if_needed()
    page.wait_for_timeout(900)
    take(page, folder, "annotating_phone")
    page.context.close()


def take_of_leads(browser, served, folder):
    page = open_page(browser, served, "Lea Meyer")
    page.goto(f"{served.address}/lead")
    take(page, folder, "lead", full_page=True)
    page.get_by_role("link", name="bench", exact=True).click()
    page.wait_for_selector(".heat")
    take(page, folder, "campaign", full_page=True)
    page.context.close()


def take_of_adjudicators(browser, served, folder):
    first = None
    for person in ("Jo", "Kim"):
        page = open_page(browser, served, person)
        page.locator("a[href^='/adjudicate/']").first.click()
        page.get_by_role("link", name="Clip 1").click()
        page.wait_for_selector("#blind button[type=submit]")
        page.select_option("#blind-label", "sad" if first is None else "despairful")
        page.locator("#blind button").click()
        page.wait_for_selector("#decide button[type=submit]")
        words = "The words are about a loss." if first is None else "I hear no hope in the voice."
        page.fill("#text", words)
        page.locator("#say button").click()
        page.get_by_text(words).wait_for()
        first = person
        if person == "Kim":
            page.wait_for_load_state("networkidle")
            page.evaluate("scrollTo(0, 0)")
            take(page, folder, "adjudication", full_page=True)
        page.context.close()


def test_the_pictures_are_small_and_show_something(pictures):
    for name in NAMES:
        path = pictures / f"{name}.webp"
        assert path.stat().st_size < MOST_BYTES, name
        with Image.open(path) as picture:
            shades = picture.convert("L").getcolors()
            assert len(shades) > 20 and max(shades)[0] < 0.95 * picture.width * picture.height


def test_the_docs_show_a_picture_of_each_page():
    shown = "".join((ROOT / name).read_text() for name in ("README.md", "docs/annotating.md"))
    for name in NAMES:
        assert f"images/{name}.webp" in shown
        assert (ROOT / f"docs/images/{name}.webp").stat().st_size < MOST_BYTES
