"""The sound check, a training with feedback and a comparison of texts in Chromium."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.annotation_process import ServedCampaign
from support.browsing import CHROMIUM, READY, find_serious, wait_for_another

from libra_emo.annotation.campaigns import PREFERENCES, Campaign
from libra_emo.annotation.queue_rows import QueueRow
from libra_emo.taxonomy import read_taxonomy

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


def test_sound_check_training_and_comparison_by_keyboard(browser, tmp_path):
    served = ServedCampaign(tmp_path, clips=2, sound_check=True)
    training = Campaign.of("lesson", read_taxonomy(), 1, 1)
    rows = [QueueRow(clip, truth="sad") for clip in served.ids]
    served.store.open_campaign(replace(training, kind="training"), rows)
    texts = ("Her <b>voice</b> trembles.", "He grins & waves.")
    compared = Campaign("texts", 1, 1, PREFERENCES, "other", "preference")
    served.store.open_campaign(compared, [QueueRow(clip, texts=texts) for clip in served.ids])
    served.store.close_campaign("bench", datetime.now(UTC))
    with served:
        context = browser.new_context(
            viewport={"width": 360, "height": 740}, bypass_csp=True
        )  # for axe
        page = context.new_page()
        troubles = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(served.link("Ana"))
        page.wait_for_url(f"{served.address}/")
        page.get_by_role("link", name="Open 1").click()
        page.wait_for_url("**/sound-check*")
        assert not find_serious(page)
        page.locator("#play").press("Enter")
        page.locator("#answer").fill("19")
        page.keyboard.press("Enter")
        page.get_by_text("not the number of tones").wait_for()
        page.locator("#without").press("Enter")
        page.wait_for_selector(READY)
        assert page.locator('[data-action="mute"]').get_attribute("aria-pressed") == "true"
        page.locator("#start").press("Enter")
        page.keyboard.press("h")
        assert page.locator("#contrasts .card").count() == 14
        assert not find_serious(page)
        page.keyboard.press("h")
        for key, words in (("w", "That is the known answer"), ("e", "hope")):
            page.keyboard.press(key)
            page.wait_for_selector("#feedback[open]")
            assert words in page.locator("#feedback").inner_text()
            assert not find_serious(page)
            page.keyboard.press("n")
            page.wait_for_selector("#feedback:not([open])", state="attached")
            page.wait_for_selector(READY) if key == "w" else page.get_by_text("Done:").wait_for()
        page.locator("#finished a[href^='/results/']").click()
        page.get_by_text("1 of 2 answers are the known ones").wait_for()
        assert not find_serious(page)
        page.goto(served.address)
        page.get_by_text("no clip waits for you now").wait_for()
        page.get_by_role("link", name="Open 2").click()
        page.wait_for_selector(READY)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert not find_serious(page)
        shown = page.locator(".texts .words").all_inner_texts()
        assert sorted(shown) == sorted(texts)
        page.locator("#start").press("Enter")
        for _ in range(2):
            token = page.locator("#stage").get_attribute("data-token")
            first = page.locator("#text-first").inner_text() == texts[0]
            page.keyboard.press("1" if first else "2")
            wait_for_another(page, token)
        page.wait_for_selector("#saved[data-waiting='0']")
        assert served.store.votes("texts")["label"].tolist() == ["first", "first"]
        assert sorted(served.store.votes("lesson")["label"]) == ["despairful", "sad"]
        assert troubles == []
        context.close()
