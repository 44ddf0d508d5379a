"""axe finds nothing serious on any page, in English and Chinese. New pages belong into PAGES.

`test_annotate_kinds.py` holds the pages of sound check, training and comparison against axe.
"""

import pytest
from support.annotating import clip_ids
from support.annotation_process import NOW, ServedCampaign
from support.browsing import CHROMIUM, READY, come_in, find_serious

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


def go_to_the_campaign(page):
    page.locator("a[href^='/label/']").first.click()
    page.wait_for_selector(READY)


def open_more(page):
    go_to_the_campaign(page)
    page.locator("#more summary").click()
    page.locator("#start").click()


def open_reasons(page):
    go_to_the_campaign(page)
    page.keyboard.press("x")
    page.wait_for_selector("#reasons[open]")


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


# a page: who sees it, and how it is reached from home, by a path or by steps
PAGES = {
    "home": ("Ana", "/"),
    "work": ("Ana", go_to_the_campaign),
    "work with all that is optional": ("Ana", open_more),
    "reasons of other": ("Ana", open_reasons),
    "not found": ("Ana", "/nothing"),
    "wrong link": (None, "/join/wrong"),
    "no session": (None, "/"),
    "lead": ("Lea", "/lead"),
    "campaign": ("Lea", go_to_the_report_of_a_campaign),
    "clip": ("Lea", go_to_the_history_of_a_clip),
    "cases": ("Jo", go_to_the_cases),
    "case": ("Jo", go_to_a_case),
    "case after the own answer": ("Jo", go_to_a_case_after_the_own_answer),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    served = ServedCampaign(tmp_path_factory.mktemp("served"), clips=3, people=("Ana", "Ben"))
    served.store.add_annotators(["Lea"], NOW, "lead")
    served.store.add_annotators(["Jo"], NOW, "adjudicator")
    campaign = served.store.campaigns()["bench"]
    served.store.open_campaign(campaign.adjudication, served.ids[:2])
    with served:
        yield served


@pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("en", "dark"), ("zh-CN", "light")]
)
def test_axe_finds_nothing_serious(browser, served, language, scheme):
    found = {}
    for name, (person, way) in PAGES.items():
        # axe's script comes from the test, not from the server
        context = browser.new_context(locale=language, color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        if person is not None:
            come_in(page, served, person)
        if callable(way):
            way(page)
        else:
            page.goto(served.address + way)
        assert page.locator("html").get_attribute("lang")[:2] == language[:2]
        found[name] = find_serious(page)
        context.close()
    assert not {place: findings for place, findings in found.items() if findings}
