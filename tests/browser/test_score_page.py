"""The page of scores in a browser: no error, no request to any host, not wider than the window."""

import shutil

import pytest
from support.score_reports import draw_bench, make_report
from support.votes import draw_votes

from libra_emo.evaluation.scoring.published import published_rows
from libra_emo.evaluation.scoring.report_folder import write_report

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


def test_the_page_opens_without_errors_and_without_network(tmp_path):
    from playwright.sync_api import sync_playwright

    bench = draw_bench(name="bench")
    report = make_report(
        tmp_path,
        clips=bench,
        votes=draw_votes(1, clips=195),
        published=published_rows(bench, None),
        provenance={"libra_emo": "0"},
    )
    place = write_report(report, tmp_path / "out")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        messages, requests = [], []
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(place.as_uri())
        page.wait_for_load_state("networkidle")
        width = page.evaluate("document.documentElement.scrollWidth")
        broken = page.evaluate("[...document.images].filter(i => !i.naturalWidth).length")
        picture = page.screenshot(full_page=True, path=tmp_path / "page.png")
        browser.close()
    assert messages == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert width <= 1400
    assert broken == 0
    assert len(picture) > 100_000
