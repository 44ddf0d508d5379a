"""An annotation server in a process of its own, which a test can kill and start again."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.links import make_link
from libra_emo.taxonomy import read_taxonomy
from support.annotating import clip_ids
from support.drawn_films import write_film

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = ("I never thought you would come back.", "你怎么来了？", "<b>Stop</b> that & go.")
FACE = "[[0.0, 0.2, 0.7, 0.8, 0.3]]"
PROGRAM = """
import json
import sys
from pathlib import Path
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation_server.serving import AppFactory, open_socket, serve
from libra_emo.annotation_server.settings import ServerSettings
from libra_emo.annotation_server.assignments.clips import Clip
from libra_emo.annotation.store import VoteStore
from libra_emo.taxonomy import read_taxonomy

url, port, workers, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
clips = {}
shown = json.loads((folder / "shown.json").read_text(encoding="utf-8"))
for name in VoteStore(url).campaigns():
    for clip_id in VoteStore(url).clips(name):
        video, *rest = shown[int(clip_id.split("-")[1], 16) % len(shown)]
        clips[clip_key(clip_id)] = Clip(folder / video, *rest)
if __name__ == "__main__":
    factory = AppFactory(url, clips, read_taxonomy(), ServerSettings(**json.loads(sys.argv[5])))
    serve(factory, open_socket("127.0.0.1", port), workers)
"""


class ServedCampaign:
    """A campaign with drawn clips, and the process that serves it."""

    def __init__(self, folder: Path, clips: int, people=("Ana",), needed=1, workers=1, **settings):
        self.folder, self.workers = folder, workers
        self.settings = json.dumps({"sound_check": False, **settings})
        self.url = f"sqlite:///{folder}/votes.sqlite"
        self.store = VoteStore(self.url)
        self.store.add_annotators(people, NOW)
        self.ids = clip_ids(clips)
        campaign = Campaign.of("bench", read_taxonomy(), needed, 1)
        self.store.open_campaign(campaign, self.ids)
        self.show([self._draw(number) for number in range(min(clips, 3))])
        (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = None

    def _draw(self, number):
        write_film(self.folder / f"{number}.mp4", [1.0, 1.0], fps=12, size=(192, 128))
        return f"{number}.mp4", WORDS[number], "en", 2.0, '{"zh": "译文"}', FACE

    def show(self, clips):
        """Let the clips show this, in turns: file and the other values of a `Clip`."""
        path = self.folder / "shown.json"
        path.write_text(json.dumps(clips, ensure_ascii=False), encoding="utf-8")

    def link(self, name):
        key = next(k for k, p in self.store.annotators().items() if p.name == name)
        return f"{self.address}/join/{make_link(self.store, key, datetime.now(UTC))}"

    def start(self):
        tests = Path(__file__).parents[1]
        source = tests.parent / "src"
        environment = {**os.environ, "PYTHONPATH": f"{source}{os.pathsep}{tests}"}
        command = [sys.executable, str(self.folder / "program.py"), self.url, str(self.port)]
        self.process = subprocess.Popen(
            [*command, str(self.workers), str(self.folder), self.settings], env=environment
        )
        opener = build_opener(ProxyHandler({}))
        while True:
            assert self.process.poll() is None, "the server ended"
            try:
                opener.open(self.address, timeout=5)
            except HTTPError:  # it answers: nobody is known
                return
            except OSError:
                time.sleep(0.1)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def free_port():
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]
