"""kedro-viz in a browser: boxes in the order of the method, large enough to read, that open."""

import re
import shutil
from pathlib import Path

import pytest

from libra_emo.cli.browse import BOXES, serve_lineage

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
BEFORE = ["preprocessing", "bench", "voting"]
AFTER = ["active_learning", "explanation", "training", "evaluation"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def address():
    with serve_lineage(ROOT, port=20_000) as server:
        yield server.address


@pytest.fixture(scope="module")
def open_page(address):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )

        def open_page(query):
            # kedro-viz remembers in the browser what was open; a new context remembers nothing
            for context in browser.contexts:
                context.close()
            page = browser.new_page(viewport={"width": 1600, "height": 1000})
            page.goto(f"{address}/{query}")
            page.wait_for_selector(".pipeline-node", timeout=60_000)
            page.wait_for_timeout(2000)  # the boxes move to their places
            return page

        yield open_page
        browser.close()


def find_boxes(page):
    """Return the names of the boxes from above, and the least height of a name in pixels."""
    shown = page.locator(".pipeline-node__text").evaluate_all(
        "nodes => nodes.map(node => [node.textContent, node.getBoundingClientRect().y,"
        " node.getBoundingClientRect().height])"
    )
    names = [name for name, _, _ in sorted(shown, key=lambda found: found[1])]
    return names, min(height for _, _, height in shown)


def wait_for_node(page, name, loads=4):
    """Wait for a node; a busy kedro-viz now and then misses what its address asks for."""
    from playwright.sync_api import TimeoutError as NothingShown

    for load in range(loads):
        try:
            page.wait_for_function(
                "name => [...document.querySelectorAll('.pipeline-node__text')]"
                ".some(node => node.textContent.endsWith(name))",
                arg=name,
                timeout=20_000,
            )
        except NothingShown:
            if load == loads - 1:
                raise
            page.reload()
        else:
            return


def test_it_opens_as_a_box_for_each_pipeline_and_round_that_can_be_read(open_page):
    names, height = find_boxes(open_page(BOXES))
    rounds = [name for name in names if re.fullmatch(r"round_\d+", name)]
    assert rounds == sorted(rounds) and len(rounds) >= 2
    assert names == [*BEFORE, *rounds, *AFTER]
    assert height >= 10


def test_each_pipeline_opens_and_the_rounds_are_boxes(open_page):
    for name, box in (
        *((name, name) for name in (*BEFORE, *AFTER)),
        ("active_learning", "round_1"),
    ):
        wait_for_node(open_page(f"?pid={name}"), box)


def test_a_round_is_a_box_that_opens(open_page):
    page = open_page(f"{BOXES}&pid=active_learning")
    assert not any(name.endswith("predict_clips") for name in find_boxes(page)[0])
    page.goto(page.url.replace("expandAllPipelines=false", "expandAllPipelines=true"))
    wait_for_node(page, "predict_clips")


def test_layers_are_named_in_the_order_of_the_method(open_page):
    page = open_page("?types=nodes,datasets")
    layers = page.request.get(page.url.split("?")[0] + "api/main").json()["layers"]
    rounds = [name for name in layers if name.startswith("round_")]
    assert layers[:3] == ["raw", "intermediate", "primary"] and rounds == sorted(rounds)
    assert layers[-4:] == ["model_input", "models", "model_output", "reporting"]
    shown = page.locator(".pipeline-layer-name").all_inner_texts()
    assert [name for name in shown if name.startswith("round_")] == rounds
