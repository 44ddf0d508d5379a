"""People label a campaign in Chromium: by keyboard, by touch on a phone, without network."""

import pytest
from support.annotation_process import ServedCampaign
from support.browsing import CHROMIUM, READY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
DONE = "Done: no clip waits"


def enter(context, served, name="Ana"):
    """Open a person's link and the campaign; return the page and what went wrong on it."""
    page = context.new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: troubles.append(request.url) if is_foreign(request) else 0)
    page.on(
        "console",
        lambda message: troubles.append(message.text) if "Security" in message.text else 0,
    )
    page.goto(served.link(name))
    page.wait_for_url(f"{served.address}/")
    page.get_by_role("link", name="Open 1").click()
    page.wait_for_selector(READY)
    return page, troubles


def is_foreign(request):
    return not request.url.startswith(("http://127.0.0.1", "data:"))


def press(page, key):
    """Press a key and wait for the next clip."""
    token = page.locator("#stage").get_attribute("data-token")
    page.keyboard.press(key)
    wait_for_another(page, token)


def wait_for_another(page, token):
    # functions that Playwright evaluates again and again are refused by the page's policy
    page.wait_for_selector(f"#stage:not([data-token='{token}'])", state="attached")


def wait_for_video(page, seconds):
    for _ in range(300):
        if page.evaluate("document.querySelector('video').currentTime") > seconds:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the clip does not play")


def test_a_campaign_by_keyboard_alone(browser, tmp_path):
    with ServedCampaign(tmp_path, clips=5) as served:
        context = browser.new_context(viewport={"width": 1280, "height": 860})
        page, troubles = enter(context, served)
        page.keyboard.press("Tab")
        page.locator("#start").focus()
        page.keyboard.press("Enter")
        wait_for_video(page, 0.2)
        assert not page.evaluate("document.querySelector('video').muted")
        page.keyboard.press("m")
        assert page.evaluate("document.querySelector('video').muted")
        page.keyboard.press(" ")
        assert page.evaluate("document.querySelector('video').paused")
        assert page.locator("#face").is_visible()
        press(page, "2")
        press(page, "0")
        press(page, "b")  # back, and another answer
        assert page.locator('.emotion[aria-pressed="true"]').count() == 1
        assert "Your answer" in page.locator("#previous").inner_text()
        press(page, "1")
        page.keyboard.press("x")
        page.keyboard.press("Escape")
        page.keyboard.press("x")
        press(page, "4")
        press(page, "s")  # later
        press(page, "3")
        press(page, "3")
        page.get_by_text(DONE).wait_for()
        page.wait_for_selector("#saved[data-waiting='0']")
        assert "5 of" in page.locator("#count").inner_text()
        votes, history = served.store.votes("bench"), served.store.history("bench")
        assert len(votes) == 5 and len(history) == 6
        assert sorted(votes["label"]) == ["amazed", "amazed", "excited", "happy", "other"]
        assert troubles == []
        context.close()


def test_no_vote_is_lost_without_network_over_reload_and_restart(browser, tmp_path):
    with ServedCampaign(tmp_path, clips=24) as served:
        context = browser.new_context()
        page, troubles = enter(context, served)
        page.locator("#start").click()
        # the server takes no votes, and clips come on: answers wait
        context.route("**/api/votes", lambda route: route.abort())
        for number in range(20):
            press(page, "2" if number % 2 else "1")
        page.wait_for_selector("#saved[data-waiting='20']")
        assert "connection: 20" in page.locator("#saved").inner_text()
        assert served.store.votes("bench").empty
        context.set_offline(True)
        press(page, "3")  # a clip that was loaded before
        served.kill()
        served.start()
        context.set_offline(False)
        context.unroute("**/api/votes")
        page.reload()
        page.wait_for_selector("#saved[data-waiting='0']", timeout=60_000)
        page.wait_for_selector(READY)
        for key in "444":
            press(page, key)
        page.get_by_text(DONE).wait_for()
        page.wait_for_selector("#saved[data-waiting='0']", timeout=60_000)
        history = served.store.history("bench")
        assert len(history) == 24
        assert history["clip_id"].nunique() == history["vote_id"].nunique() == 24
        assert history["label"].value_counts().to_dict() == {
            **{"excited": 10, "happy": 10},
            **{"amazed": 1, "surprised": 3},
        }
        assert troubles == []
        context.close()


def test_a_phone_in_chinese(browser, tmp_path):
    with ServedCampaign(tmp_path, clips=2) as served:
        context = browser.new_context(
            viewport={"width": 360, "height": 740}, has_touch=True, color_scheme="dark"
        )
        page, troubles = enter(context, served)
        page.get_by_role("button", name="中文").tap()
        page.get_by_text("译文").first.wait_for()
        for place in ("/", page.url):
            page.goto(place if place.startswith("http") else served.address + place)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.wait_for_selector(READY)
        page.locator("#start").tap()
        for _ in range(2):
            token = page.locator("#stage").get_attribute("data-token")
            page.get_by_role("button", name="快乐").tap()
            wait_for_another(page, token)
        page.get_by_text("完成").wait_for()
        page.wait_for_selector("#saved[data-waiting='0']")
        assert served.store.votes("bench")["label"].tolist() == ["happy", "happy"]
        assert troubles == []
        context.close()
