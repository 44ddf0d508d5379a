"""Measures the server beside Potato, a peer, over HTTP on the same clips with the same people.

Potato is installed into an environment of its own in a temporary folder, from the package index.
Both answer people who do not pause. A vote of Potato's page is what its script sends: the label to
`/updateinstance`, and `next_instance` to `/annotate`, whose answer is the next page.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import aiohttp
from annotation_people import LABELS, Figures, let_people_work, open_connections
from annotation_served import Served

PACKAGE = "potato-annotation"
PEOPLE, CLIPS, NEEDED = 20, 2_000, 4
WORDS = "I never thought that you would come back."
START_SECONDS = 180
SETTINGS: dict[str, Any] = {
    "annotation_task_name": "emotion",
    "task_dir": ".",
    "data_files": ["clips.json"],
    "item_properties": {"id_key": "id", "text_key": "text"},
    "output_annotation_dir": "answers",
    "output_annotation_format": "json",
    "require_password": False,
    "user_config": {"allow_all_users": True, "users": []},
    "assignment_strategy": "random",
    "max_annotations_per_item": NEEDED,
    "max_annotations_per_user": CLIPS,
    "annotation_schemes": [
        {
            "annotation_type": "radio",
            "name": "emotion",
            "description": "Which emotion?",
            "labels": [*LABELS],
        }
    ],
}


def measure_peer(seconds: float, workers: int) -> dict[str, Any]:
    """Return votes a second of both servers while 20 people answer without a pause.

    Args:
        seconds: How long people answer at each server.
        workers: Our server processes; Potato has one.

    Returns:
        ours_votes_per_s, potato_votes_per_s, potato_times (how many times its throughput ours is),
        potato_version and the number of votes of each; `potato_error` alone of them, with the last
        lines of its messages, if it does not run.
    """
    ours, took = _measure_ours(seconds, workers)
    own = {"ours_votes": ours, "ours_votes_per_s": round(ours / took, 1)}
    with tempfile.TemporaryDirectory() as folder:
        try:
            program, version = install(Path(folder))
            with potato_started(Path(folder), program) as address:
                theirs, they_took = asyncio.run(_let_people_use_potato(address, seconds))
        except (RuntimeError, AssertionError, subprocess.SubprocessError) as error:
            return {**own, "potato_error": " ".join(str(error).split())[-2000:]}
    rate = theirs / they_took
    return {
        **own,
        "potato_version": version,
        "potato_votes": theirs,
        "potato_votes_per_s": round(rate, 1),
        "potato_times": round(ours / took / rate, 1),
    }


def _measure_ours(seconds: float, workers: int) -> tuple[int, float]:
    with tempfile.TemporaryDirectory() as folder:
        served = Served(Path(folder), CLIPS, PEOPLE, NEEDED, workers)
        served.start()
        try:
            figures = Figures()
            links = served.links(served.names)
            took = asyncio.run(let_people_work(served.address, links, figures, seconds))
        finally:
            served.stop()
        return len(set(figures.acknowledged)), took


def install(folder: Path) -> tuple[Path, str]:
    """Install Potato into a folder; return its program and its version."""
    found = Path(sys.executable).parent / "uv"
    uv = str(found if found.exists() else shutil.which("uv") or "uv")
    place = folder / "environment"
    python = place / "bin" / "python"
    version = "import importlib.metadata as m; print(m.version('" + PACKAGE + "'))"
    subprocess.run([uv, "venv", "-q", str(place)], check=True, timeout=600)
    subprocess.run(
        [uv, "pip", "install", "-q", "--python", str(python), PACKAGE], check=True, timeout=600
    )
    said = subprocess.run([str(python), "-c", version], check=True, capture_output=True, text=True)
    return place / "bin" / "potato", said.stdout.strip()


@contextmanager
def potato_started(folder: Path, program: Path) -> Iterator[str]:
    """Give the address of a Potato that serves the clips, and end it afterwards."""
    (folder / "config.yaml").write_text(json.dumps(SETTINGS), encoding="utf-8")  # JSON is YAML
    rows = (json.dumps({"id": f"clip{number}", "text": WORDS}) for number in range(CLIPS))
    (folder / "clips.json").write_text("\n".join(rows) + "\n", encoding="utf-8")
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = tried.getsockname()[1]
    command = [str(program), "start", "config.yaml", "--host", "127.0.0.1", "-p", str(port)]
    with (folder / "potato.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/", process, folder / "potato.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            build_opener(ProxyHandler({})).open(address, timeout=10).read()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"Potato did not start: {log.read_text(errors='replace')[-1500:]}")


async def _let_people_use_potato(address: str, seconds: float) -> tuple[int, float]:
    """Let people answer at Potato; return how many votes it acknowledged, and the seconds."""
    async with open_connections(address, PEOPLE) as connections:
        for number, http in enumerate(connections):
            login = {"email": f"person{number}", "pass": "", "action": "login"}
            async with http.post("/auth", data=login) as reply:
                assert reply.status == 200, f"login: {reply.status}"
        pages = await asyncio.gather(*(_read_page(http) for http in connections))
        start = time.perf_counter()
        end = start + seconds
        pairs = zip(connections, pages, strict=True)
        counts = await asyncio.gather(*(_answer(http, page, end) for http, page in pairs))
        return sum(counts), time.perf_counter() - start


async def _read_page(http: aiohttp.ClientSession) -> str:
    async with http.get("/annotate") as reply:
        return await reply.text()


async def _answer(http: aiohttp.ClientSession, page: str, end: float) -> int:
    """Answer one clip after the other, beginning with a page; return how many."""
    votes = 0
    while time.perf_counter() < end:
        found = re.search(r'name="instance_id"[^>]*value="([^"]+)"', page)
        if found is None:  # nothing is left for this person
            break
        label = LABELS[votes % len(LABELS)]
        vote = {"instance_id": found[1], "annotations": {f"emotion:::{label}": label}}
        async with http.post("/updateinstance", json=vote) as reply:
            answer = await reply.json()
            assert reply.status == 200 and answer["status"] == "success", answer
        votes += 1
        going = {"action": "next_instance", "instance_id": found[1]}
        async with http.post("/annotate", json=going) as reply:
            assert reply.status == 200, f"next: {reply.status}"
            page = await reply.text()
    return votes
