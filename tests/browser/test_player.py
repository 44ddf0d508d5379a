"""The player in Chromium: each control by its key and by Tab, on the clip that is seen."""

import pytest
from support.annotation_process import ServedCampaign
from support.browsing import (
    CHROMIUM,
    come_in,
    current_token,
    open_campaign,
    wait_for_another,
)
from support.small_windows import PHONE, ZOOMED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
FRAME = 1 / 12  # of the drawn clips
SECONDS = 2.0
CONTROLS = (
    *("play", "replay", "back-frame", "next-frame", "slower", "faster"),
    *("loop", "mute", "full-screen", "keys"),
)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with ServedCampaign(tmp_path_factory.mktemp("served"), clips=3) as served:
        yield served


@pytest.fixture
def page(browser, served):
    page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    come_in(page, served, "Ana")
    open_campaign(page)
    page.locator("#start").click()
    until(page, "video.currentTime > 0.3")
    yield page
    page.context.close()


def look(page, expression):
    return page.evaluate(
        f"(() => {{ const video = document.querySelector('video'); return {expression}; }})()"
    )


def until(page, expression):
    for _ in range(200):
        if look(page, expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {expression}")


def is_pressed(page, action):
    return page.locator(f'[data-action="{action}"]').get_attribute("aria-pressed") == "true"


def test_speed(page):
    shown = page.locator("#speed")
    for key, speeds in (("]", (1.25, 1.5, 2, 2)), ("[", (1.5, 1.25, 1, 0.75, 0.5, 0.25, 0.25))):
        for speed in speeds:
            page.keyboard.press(key)
            assert look(page, "video.playbackRate") == speed
            assert shown.inner_text() == f"{speed}×"
    token = current_token(page)
    page.keyboard.press("s")
    wait_for_another(page, token)
    assert look(page, "video.playbackRate") == 0.25


def test_frame_step_knows_the_clip_s_frame_rate(page):
    """A step of a fixed length would show the same frame of a slow film again."""
    page.keyboard.press(" ")
    page.keyboard.press(",")  # the frame that is seen may be one behind the clip's clock
    until(page, "video.paused && !video.seeking")
    place = number_of_frame(page)
    for key, step in ((",", -1), (",", -1), (".", 1), (".", 1), (".", 1)):
        page.keyboard.press(key)
        place += step
        until(page, "!video.seeking")
        assert number_of_frame(page) == place
    for key, end in ((".", round(SECONDS / FRAME) - 1), (",", 0)):
        for _ in range(30):
            page.keyboard.press(key)
        until(page, "!video.seeking")
        assert number_of_frame(page) == end
    assert look(page, "video.paused")


def number_of_frame(page):
    return int(look(page, "video.currentTime") / FRAME)


def test_loop_and_replay(page):
    assert is_pressed(page, "loop")
    until(page, "video.currentTime > 1.5")
    until(page, "video.currentTime < 1.0")  # it began again by itself
    page.keyboard.press("l")
    assert not is_pressed(page, "loop")
    until(page, "video.ended")
    page.wait_for_timeout(300)
    assert look(page, "video.ended")
    page.keyboard.press("r")
    until(page, "!video.paused && video.currentTime < 1.0")
    page.keyboard.press(" ")
    page.keyboard.press("r")  # from a pause, too
    until(page, "!video.paused && video.currentTime < 1.0")
    page.keyboard.press("l")
    assert is_pressed(page, "loop")


def test_full_screen_shows_the_clip_large_with_its_face_and_takes_answers(page):
    page.keyboard.press("f")
    until(page, "document.fullscreenElement?.id === 'stage'")
    until(page, "video.getBoundingClientRect().height > 0.7 * innerHeight")
    video, face = (page.locator(name).bounding_box() for name in ("video", "#face"))
    assert abs(video["width"] / video["height"] - 1.5) < 0.01  # nothing is squeezed
    for edge, length in (("x", "width"), ("y", "height")):
        assert video[edge] <= face[edge]
        assert face[edge] + face[length] <= video[edge] + video[length]
    # the drawn face lies between 20 and 80 % of the height, 30 and 70 % of the width
    assert abs(face["y"] - video["y"] - 0.2 * video["height"]) < 2
    assert abs(face["width"] - 0.4 * video["width"]) < 2
    assert page.locator("#caption").is_visible()
    token = current_token(page)
    page.keyboard.press("b")  # nothing is before; the key is not lost on the page
    page.keyboard.press("s")
    wait_for_another(page, token)
    assert look(page, "document.fullscreenElement?.id") == "stage"
    page.keyboard.press("x")
    page.wait_for_selector("#reasons[open]")
    page.locator("#reasons [data-key='Escape']").click()
    page.keyboard.press("f")
    until(page, "document.fullscreenElement === null")


def test_every_control_is_reached_and_pressed_by_keyboard_alone(page):
    page.locator("#stage").focus()
    reached = {}
    for _ in range(len(CONTROLS)):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        name = focused.get_attribute("data-action")
        assert focused.get_attribute("aria-label")
        reached[name] = focused.get_attribute("aria-keyshortcuts")
        page.keyboard.press("Enter")
        if name == "full-screen":
            until(page, "document.fullscreenElement !== null")
            page.keyboard.press("f")
            until(page, "document.fullscreenElement === null")
        if name == "keys":
            shown = page.locator("#all-keys").inner_text()
            assert page.locator("#all-keys[open]").count() == 1
    assert tuple(reached) == CONTROLS
    assert {reached[name] for name in CONTROLS[:-1]} <= set(shown.split())
    page.keyboard.press("?")
    assert not page.locator("#all-keys").is_visible()
    # each did what it says: one step slower and one faster, no loop, no sound
    assert look(page, "video.playbackRate") == 1 and look(page, "video.muted")
    assert not is_pressed(page, "loop") and is_pressed(page, "mute")


def test_a_note_is_written_and_left_by_keyboard_alone(page, served):
    page.keyboard.press("o")
    page.wait_for_selector("#second:focus")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("b s 1")  # letters of a note press no key
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press(" ")
    assert page.locator("#distress").is_checked()
    page.keyboard.press("Escape")
    assert page.locator("#stage:focus").count() == 1
    token = current_token(page)
    page.keyboard.press("w")
    wait_for_another(page, token)
    assert page.locator("#last").inner_text() == "Last answer: sad"
    page.wait_for_selector("#saved[data-waiting='0']")
    token = current_token(page)
    page.keyboard.press("b")
    wait_for_another(page, token)
    assert page.locator("#note").input_value() == "b s 1"
    assert page.locator("#distress").is_checked()


def test_the_clip_stays_in_sight_on_a_phone_and_leaves_room_at_zoom(page):
    tops = {}
    for window in (ZOOMED, PHONE):
        page.locator("#stage").focus()
        page.set_viewport_size({"width": window[0], "height": window[1]})
        page.locator('[data-label="despairful"]').scroll_into_view_if_needed()
        tops[window] = page.locator("#stage").bounding_box()["y"]
        # what has the focus is never hidden behind the clip
        look(page, """document.querySelector('[data-label="excited"]').focus()""")
        stage = page.locator("#stage").bounding_box()
        below = stage["y"] + stage["height"]
        assert page.locator('[data-label="excited"]').bounding_box()["y"] >= below or below <= 0
    assert tops[PHONE] == 0 and tops[ZOOMED] < 0
