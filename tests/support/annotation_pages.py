"""Every page of the annotation server: who sees it, and how it is reached from home.

New pages belong into PAGES: they are then held against axe, small windows and both languages.
"""

from __future__ import annotations

from dataclasses import replace

from libra_emo.annotation.campaigns import PREFERENCES, Campaign
from libra_emo.annotation.queue_rows import QueueRow
from libra_emo.taxonomy import read_taxonomy
from support.annotating import clip_ids
from support.annotation_process import NOW, ServedCampaign
from support.browsing import READY, come_in

TEXTS = ("Her voice trembles while she looks away from him.", "He grins & waves.")


def serve_pages(folder):
    """Return a served bench with a training, a comparison of texts, an adjudication and a lead."""
    served = ServedCampaign(folder, clips=3, people=("Ana", "Ben"))
    store = served.store
    training = replace(Campaign.of("training_1", read_taxonomy(), 2, 1), kind="training")
    store.open_campaign(training, [QueueRow(clip, truth="sad") for clip in served.ids[:1]])
    compared = Campaign("texts", 2, 1, PREFERENCES, "other", "preference")
    store.open_campaign(compared, [QueueRow(clip, texts=TEXTS) for clip in served.ids])
    store.add_annotators(["Lea"], NOW, "lead")
    store.add_annotators(["Jo"], NOW, "adjudicator")
    store.open_campaign(store.campaigns()["bench"].adjudication, served.ids[:2])
    return served


def go_to_a_campaign(number):
    def way(page):
        page.locator("a[href^='/label/']").nth(number).click()
        page.wait_for_selector(f"{READY}, #finished:not([hidden])")

    return way


go_to_the_training, go_to_the_bench, go_to_the_texts = map(go_to_a_campaign, range(3))


def open_more(page):
    go_to_the_bench(page)
    page.locator("#start").click()
    page.keyboard.press("o")


def open_dialog(key, dialog):
    def way(page):
        go_to_the_bench(page)
        page.keyboard.press(key)
        page.wait_for_selector(f"#{dialog}[open]")

    return way


def see_feedback(page):
    go_to_the_training(page)
    if page.locator("#finished").is_visible():
        page.keyboard.press("b")
        page.wait_for_selector(READY)
    page.keyboard.press("e")
    page.wait_for_selector("#feedback[open]")


def finish_the_training(page):
    see_feedback(page)
    page.keyboard.press("n")
    page.wait_for_selector("#finished:not([hidden])")


def see_results(page):
    finish_the_training(page)
    page.locator("#finished a[href^='/results/']").click()
    page.wait_for_selector("table")


def go_to_the_cases(page):
    page.locator("a[href^='/adjudicate/']").first.click()


def go_to_a_case(page, wanted="#blind"):
    """Open the first case that shows something; return whether there is one."""
    go_to_the_cases(page)
    page.wait_for_selector("tbody a")
    for path in [link.get_attribute("href") for link in page.locator("tbody a").all()]:
        page.goto(page.url.split("/adjudicate/")[0] + path)
        if page.locator(wanted).count():
            return True
    return False


def go_to_a_case_after_the_own_answer(page):
    if not go_to_a_case(page, "#decide"):
        page.goto(page.url.split("/adjudicate/")[0])
        go_to_a_case(page)
        page.select_option("#blind-label", index=1)
        page.locator("#blind button").click()
        page.wait_for_selector("#decide")


def go_to_the_report_of_a_campaign(page):
    page.locator("a[href='/lead']").first.click()
    page.locator("a[href^='/lead/campaigns/']").first.click()
    page.wait_for_selector(".facts")


def go_to_the_history_of_a_clip(page):
    page.locator("a[href='/lead']").first.click()
    page.locator("#clip-id").fill(clip_ids(1)[0])
    page.locator("#find button[type=submit]").click()
    page.wait_for_url("**/lead/clips/*")


def make_a_link(page):
    page.locator("a[href='/lead']").first.click()
    page.wait_for_load_state()  # before, the buttons have no script
    page.locator("tr", has_text="Ben").locator('[data-do="link"]').click()
    page.wait_for_selector("#link-part:not([hidden])")


# a page: who sees it, and how it is reached from home, by a path or by steps
PAGES = {
    "home": ("Ana", "/"),
    "sound check": ("Ana", "/sound-check"),
    "work": ("Ana", go_to_the_bench),
    "work with all that is optional": ("Ana", open_more),
    "reasons of other": ("Ana", open_dialog("x", "reasons")),
    "contrast cards": ("Ana", open_dialog("h", "contrasts")),
    "keys": ("Ana", open_dialog("?", "all-keys")),
    "comparison of texts": ("Ana", go_to_the_texts),
    "feedback": ("Ana", see_feedback),
    "finished": ("Ana", finish_the_training),
    "results": ("Ana", see_results),
    "not found": ("Ana", "/nothing"),
    "wrong link": (None, "/join/wrong"),
    "no session": (None, "/"),
    "lead": ("Lea", "/lead"),
    "lead with a new link": ("Lea", make_a_link),
    "campaign": ("Lea", go_to_the_report_of_a_campaign),
    "clip": ("Lea", go_to_the_history_of_a_clip),
    "cases": ("Jo", go_to_the_cases),
    "case": ("Jo", go_to_a_case),
    "case after the own answer": ("Jo", go_to_a_case_after_the_own_answer),
}


def visit_all(browser, served, **context):
    """Yield every page by its name, opened; each person has one browser."""
    opened = {}
    for name, (person, way) in PAGES.items():
        if person not in opened:
            opened[person] = browser.new_context(**context)
            if person is not None:
                come_in(opened[person].new_page(), served, person)
        page = opened[person].new_page()
        page.goto(served.address)
        if callable(way):
            way(page)
        else:
            page.goto(served.address + way)
        yield name, page
        page.close()
    for context in opened.values():
        context.close()
