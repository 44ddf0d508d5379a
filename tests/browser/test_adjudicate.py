"""Adjudicators answer blind, discuss and decide in Chromium; a lead reads what became of it."""

import pandas as pd
import pytest
from support.annotation_process import NOW, ServedCampaign
from support.browsing import CHROMIUM

from libra_emo.schemas import HumanVotes, check

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


def enter(browser, served, name, width):
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text))
    page.goto(served.link(name))
    page.wait_for_url(f"{served.address}/")
    return page, troubles


def is_narrow(page, width):
    return page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_tie_is_answered_blind_discussed_and_decided(browser, tmp_path):
    served = ServedCampaign(tmp_path, clips=1, people=("Ana", "Ben"), needed=2)
    answers = {"Ana": "sad", "Ben": "angry"}
    rows = [("bench", served.ids[0], name, label) for name, label in answers.items()]
    table = pd.DataFrame(rows, columns=["campaign", "clip_id", "annotator", "label"])
    served.store.add_votes(check(table.assign(voted_at=None, seconds=None), HumanVotes), NOW)
    served.store.add_annotators(["Judith"], NOW, "adjudicator")
    served.store.add_annotators(["Lea"], NOW, "lead")
    served.store.open_campaign(served.store.campaigns()["bench"].adjudication, served.ids)
    with served:
        page, troubles = enter(browser, served, "Judith", 360)
        page.get_by_role("link", name="Discuss and decide").click()
        page.get_by_role("link", name="Clip 1").click()
        page.wait_for_selector("#blind button[type=submit]")
        assert is_narrow(page, 360) and page.locator("#decide").count() == 0
        page.get_by_label("Which emotion").select_option("fearful")
        page.get_by_role("button", name="Save the blind answer").click()
        page.wait_for_selector("#decide")
        assert is_narrow(page, 360)
        page.get_by_label("Message").fill("The words are about a loss.")
        page.get_by_role("button", name="Send").click()
        page.get_by_text("about a loss").wait_for()
        page.wait_for_selector("#decide button[type=submit]")
        # by keyboard alone
        page.locator("#label").focus()
        page.keyboard.type("sad")
        page.keyboard.press("Tab")
        page.keyboard.type("as discussed")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("mark")
        assert served.store.votes("bench.adjudication")["label"].tolist() == ["sad"]
        lead, lead_troubles = enter(browser, served, "Lea", 1280)
        lead.goto(f"{served.address}/lead")
        lead.locator("#clip-id").fill(served.ids[0])
        lead.locator("#find button[type=submit]").click()
        lead.get_by_text("as discussed").wait_for()
        assert "fearful" in lead.locator("main").inner_text()
        assert troubles == lead_troubles == []
