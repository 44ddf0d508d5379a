"""kedro-viz in a browser: layers in order, rounds as boxes that open."""

import importlib.util
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def page():
    from playwright.sync_api import sync_playwright

    spec = importlib.util.spec_from_file_location("pictures", ROOT / "docs/pictures.py")
    pictures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pictures)
    with pictures.kedro_viz(ROOT) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        opened = browser.new_page(viewport={"width": 1400, "height": 1000})
        opened.goto(f"{address}/?pid=active_learning")
        opened.wait_for_selector(".pipeline-node", timeout=60_000)
        yield opened
        browser.close()


def test_layers_are_named_in_the_order_of_the_rounds(page):
    layers = page.locator(".pipeline-layer-name").all_inner_texts()
    rounds = [name for name in layers if name.startswith("round_")]
    assert rounds == sorted(rounds) and len(rounds) >= 2
    assert layers.index("round_0") < layers.index("model_input") < layers.index("reporting")


def test_all_pipelines_together_have_layers_too(page):
    layers = page.request.get(page.url.split("?")[0] + "api/main").json()["layers"]
    rounds = [name for name in layers if name.startswith("round_")]
    assert layers[:4] == ["raw", "intermediate", "primary", "feature"]
    assert rounds == sorted(rounds) and layers[-1] == "reporting"


def test_a_round_is_a_box_that_opens(page):
    nodes = page.locator(".pipeline-node__text")
    names = nodes.all_text_contents()
    assert "round_1" in names
    assert not any(name.endswith("predict_clips") for name in names)
    page.goto(page.url.replace("expandAllPipelines=false", "expandAllPipelines=true"))
    page.wait_for_function(
        "[...document.querySelectorAll('.pipeline-node__text')]"
        ".some(node => node.textContent.endsWith('predict_clips'))",
        timeout=60_000,
    )
