"""Makes the pictures of the README from what `make run` has made; `make pictures` calls it.

It starts kedro-viz and an annotation server on this machine alone, opens them in Chromium without a
window, and takes the confusion matrix from the reports. Chinese letters need a font that has them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from libra_emo.cli.browse import BOXES, serve_lineage

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs/images"
SETTINGS = {
    "theme": "light",
    "showFeatureHints": False,
    "layer": {"visible": True},
    "visible": {"graph": True, "sidebar": False, "miniMap": False, "slicing": False},
}

# the boxes and the lines between them, with a margin
FRAME = """() => {
    const drawn = [...document.querySelectorAll('.pipeline-node, .pipeline-edge')]
        .map(element => element.getBoundingClientRect());
    const left = Math.min(...drawn.map(box => box.left)) - 24;
    const top = Math.min(...drawn.map(box => box.top)) - 24;
    const right = Math.max(...drawn.map(box => box.right)) + 24;
    const bottom = Math.max(...drawn.map(box => box.bottom)) + 24;
    return {x: left, y: top, width: right - left, height: bottom - top};
}"""


def take_lineage(address: str, path: Path, chromium: str) -> None:
    """Write a picture of the lineage: a box for each pipeline and round."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1300, "height": 1200})
        settings = json.dumps(json.dumps(SETTINGS))
        page.add_init_script(f"localStorage.setItem('KedroViz', {settings})")
        page.goto(f"{address}/{BOXES}")
        page.wait_for_selector(".pipeline-node")
        banner = page.get_by_text("Dismiss")
        if banner.count():
            banner.first.click()
        page.wait_for_timeout(2000)
        page.screenshot(path=path, clip=page.evaluate(FRAME))
        browser.close()


def take_annotating(folder: Path) -> None:
    """Write pictures of the annotation pages; the test that holds them takes them."""
    test = "tests/browser/test_pictures.py::test_the_pictures_are_small_and_show_something"
    command = [sys.executable, "-m", "pytest", "-q", "-m", "browser", test]
    environment = {**os.environ, "LIBRA_EMO_PICTURES": str(folder)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def main() -> None:
    """Write docs/images."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is needed for the picture of the lineage; install it")
    IMAGES.mkdir(exist_ok=True)
    shutil.copy(ROOT / "data/08_reporting/figures/confusion_matrix.png", IMAGES)
    take_annotating(IMAGES)
    with serve_lineage(ROOT) as server:
        take_lineage(server.address, IMAGES / "lineage.png", chromium)


if __name__ == "__main__":
    main()
