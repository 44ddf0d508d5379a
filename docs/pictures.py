"""Makes the pictures of the README from what `make run` has made; `make pictures` calls it.

It starts kedro-viz on loopback, opens it in Chromium without a window, and takes the confusion
matrix from the reports.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs/images"
LOOK = {
    "theme": "light",
    "showFeatureHints": False,
    "layer": {"visible": True},
    "visible": {"graph": True, "sidebar": False, "miniMap": False, "slicing": False},
}


def _free_port() -> int:
    """Return a free port under 49152; kedro-viz refuses those above, which the system hands out."""
    for port in range(20_000, 32_000):
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port between 20000 and 32000 is free")


@contextmanager
def kedro_viz(project: Path = ROOT, wait_seconds: float = 180) -> Iterator[str]:
    """Give the address of a kedro-viz that shows the project, and end it afterwards."""
    port = _free_port()
    kedro = str(Path(sys.executable).parent / "kedro")
    command = [kedro, "viz", "run", "--no-browser", "--host", "127.0.0.1", "--port", str(port)]
    log = tempfile.TemporaryFile()
    # it serves from a child of its own, so that both are ended as a group
    server = subprocess.Popen(
        command, cwd=project, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(int(wait_seconds)):
            try:
                urllib.request.urlopen(f"{address}/api/main", timeout=5).read()
                break
            except OSError:
                if server.poll() is not None:
                    log.seek(0)
                    said = log.read().decode(errors="replace")[-2000:]
                    raise RuntimeError(f"kedro-viz ended:\n{said}") from None
                time.sleep(1)
        yield address
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
        log.close()


def take_lineage(address: str, pipeline: str, path: Path, chromium: str) -> None:
    """Write a picture of a pipeline's lineage, its rounds as boxes."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1300, "height": 1200})
        look = json.dumps(json.dumps(LOOK))
        page.add_init_script(f"localStorage.setItem('KedroViz', {look})")
        page.goto(f"{address}/?pid={pipeline}")
        page.wait_for_selector(".pipeline-node")
        banner = page.get_by_text("Dismiss")
        if banner.count():
            banner.first.click()
        page.wait_for_timeout(2000)
        page.screenshot(path=path, clip={"x": 120, "y": 0, "width": 1180, "height": 1200})
        browser.close()


def main() -> None:
    """Write docs/images."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is needed for the picture of the lineage; install it")
    IMAGES.mkdir(exist_ok=True)
    shutil.copy(ROOT / "data/08_reporting/figures/confusion_matrix.png", IMAGES)
    with kedro_viz() as address:
        take_lineage(address, "active_learning", IMAGES / "lineage.png", chromium)


if __name__ == "__main__":
    main()
