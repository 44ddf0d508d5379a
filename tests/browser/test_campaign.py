"""A whole bench campaign in Chromium: eight people, ties decided, and the labels that follow.

One works by keyboard alone, one on a narrow phone, and one has no network while 20 answers wait,
then reloads the page while the server starts again.
"""

import pytest
from support.annotation_process import NOW, ServedCampaign
from support.browsing import (
    CHROMIUM,
    READY,
    come_in,
    current_token,
    open_campaign,
    wait_for_another,
)

from libra_emo.annotation.campaigns import Campaign, PeopleNeeded
from libra_emo.annotation.collection import collect_votes
from libra_emo.annotation.settlement import settle
from libra_emo.annotation_server.access.secrets import read_secret
from libra_emo.taxonomy import read_taxonomy

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
PEOPLE = ("Ana", "Ben", "Cem", "Dia", "Eli", "Fay", "Gil", "Hua")
CLIPS = 21
# what each of the eight answers about a clip, by the clip's number modulo 4
ANSWERS = (
    ["happy"] * 8,  # agreed
    ["sad"] * 4 + ["angry"] * 3 + ["neutral"],  # agreed by four
    ["happy"] * 4 + ["neutral"] * 4,  # a tie
    ["other"] * 6 + ["sad"] * 2,  # dropped
)


class Bench:
    """The served campaign, and what each person answers about each clip."""

    def __init__(self, served):
        self.served = served
        secret = read_secret(served.store)
        clips = {self._key(clip_id): number for number, clip_id in enumerate(served.ids)}
        self.labels = {
            secret.task(key, "bench", clip): ANSWERS[number % 4][place]
            for place, key in enumerate(name.casefold() for name in PEOPLE)
            for clip, number in clips.items()
        }

    @staticmethod
    def _key(clip_id):
        from libra_emo.annotation.identity.clip_keys import clip_key

        return clip_key(clip_id)

    def answer(self, page, way, count=CLIPS):
        """Answer clips, each by a click, a tap or a key."""
        for _ in range(count):
            page.wait_for_selector(READY)
            token = current_token(page)
            label = self.labels[token]
            button = page.locator(f'.emotion[data-label="{label}"]')
            reason = page.locator('[data-reason="no_person"]')
            if way == "key":
                page.keyboard.press(button.get_attribute("data-key"))
                if label == "other":
                    page.keyboard.press(reason.get_attribute("data-key"))
            else:
                getattr(button, way)()
                if label == "other":
                    getattr(reason, way)()
            wait_for_another(page, token)

    def finish(self, page):
        page.wait_for_selector("#saved[data-waiting='0']", timeout=60_000)


def test_eight_people_label_a_bench(browser, tmp_path):
    served = ServedCampaign(tmp_path, CLIPS, PEOPLE, needed=8)
    campaign = Campaign.of("bench", read_taxonomy(), 8, 4)
    served.store.open_campaign(campaign, served.ids)
    served.store.add_annotators(["Jo"], NOW, "adjudicator")
    with served:
        bench = Bench(served)
        by_keyboard_alone(browser, bench, PEOPLE[0])
        on_a_phone(browser, bench, PEOPLE[1])
        without_network(browser, bench, PEOPLE[2])
        for name in PEOPLE[3:]:
            page = browser.new_context().new_page()
            come_in(page, served, name)
            open_campaign(page)
            page.locator("#start").click()
            bench.answer(page, "click")
            bench.finish(page)
            page.context.close()
        with pytest.raises(PeopleNeeded) as needed:
            collect_votes(campaign, served.ids, "people", store=served.store)
        ties = served.ids[2::4]
        assert (needed.value.campaign, needed.value.waiting) == ("bench.adjudication", len(ties))
        adjudicate(browser, served, len(ties))
    check_labels(served, campaign, ties)


def by_keyboard_alone(browser, bench, name):
    page = browser.new_context().new_page()
    come_in(page, bench.served, name)
    tab_to(page, "a[href^='/label/']")
    page.keyboard.press("Enter")
    page.wait_for_selector(READY)
    tab_to(page, "#start")
    page.keyboard.press("Enter")
    bench.answer(page, "key")
    bench.finish(page)
    page.context.close()


def tab_to(page, selector):
    """Press Tab until an element has the focus."""
    for _ in range(40):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def on_a_phone(browser, bench, name):
    page = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True).new_page()
    come_in(page, bench.served, name)
    open_campaign(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("#start").tap()
    bench.answer(page, "tap")
    bench.finish(page)
    page.context.close()


def without_network(browser, bench, name):
    """Answer 20 clips that the server does not get, restart it, and reload the page meanwhile."""
    served, context = bench.served, browser.new_context()
    page = context.new_page()
    come_in(page, served, name)
    open_campaign(page)
    page.locator("#start").click()
    context.route("**/api/votes", lambda route: route.abort())
    bench.answer(page, "click", count=20)
    page.wait_for_selector("#saved[data-waiting='20']")
    votes = served.store.votes("bench")
    assert name not in set(votes["annotator"])
    context.set_offline(True)
    served.kill()
    context.set_offline(False)
    context.unroute("**/api/votes")
    served.start()
    page.reload()
    bench.answer(page, "click", count=1)
    bench.finish(page)
    assert (served.store.history("bench")["annotator"] == name).sum() == CLIPS
    context.close()


def adjudicate(browser, served, ties):
    """Decide each tie: the own answer first, then the others', then a decision with a reason."""
    page = browser.new_context().new_page()
    come_in(page, served, "Jo")
    page.locator("a[href^='/adjudicate/']").first.click()
    page.wait_for_selector("tbody a")
    paths = [link.get_attribute("href") for link in page.locator("tbody a").all()]
    assert len(paths) == ties
    for path in paths:
        page.goto(served.address + path)
        page.select_option("#blind-label", "happy")
        page.locator("#blind button").click()
        page.wait_for_selector("#decide")
        page.wait_for_load_state()  # the page's script listens
        page.select_option("#label", "neutral")
        page.fill("#why-label", "The face is at rest.")
        page.locator("#decide button").click()
        page.get_by_text("The face is at rest.").first.wait_for()
    page.context.close()


def check_labels(served, campaign, ties):
    """Read the labels as the pipeline does."""
    votes = collect_votes(campaign, served.ids, "people", store=served.store)
    assert len(votes[votes["campaign"] == "bench"]) == 8 * CLIPS
    settled = settle(served.ids, votes, campaign, round_number=0, simulated=False)
    labels = settled.labels.set_index("clip_id")
    expected = {clip: "happy" for clip in served.ids[0::4]}
    expected |= {clip: "sad" for clip in served.ids[1::4]}
    expected |= {clip: "neutral" for clip in ties}
    assert labels["label"].to_dict() == expected
    assert set(labels.loc[ties, "origin"]) == {"adjudicated"}
    assert sorted(settled.dropped["clip_id"]) == sorted(served.ids[3::4])
    history = served.store.history("bench")
    assert len(history) == history["vote_id"].nunique() == 8 * CLIPS
