"""A served campaign to measure: a store with clips and people, and the server as `kedro annotate`.

The server runs in processes of its own, over the functions that `kedro annotate` calls.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pandas as pd

from libra_emo.annotation.campaigns import Campaign
from libra_emo.annotation.identity.clip_keys import clip_key
from libra_emo.annotation.store import VoteStore
from libra_emo.annotation_server.access.links import make_link
from libra_emo.taxonomy import read_taxonomy

PROGRAM = """
import os
import sys
from pathlib import Path
if __name__ == "__main__":
    from libra_emo.annotation.store import VoteStore
    from libra_emo.annotation_server.assignments.clip_index import clips_indexed
    from libra_emo.annotation_server.assignments.clips import read_clips
    from libra_emo.annotation_server.serving import AppFactory, open_socket, serve
    from libra_emo.annotation_server.settings import ServerSettings
    from libra_emo.taxonomy import read_taxonomy
    url, port, workers, table = sys.argv[1:]
    folder = Path(table).parent
    index = folder / f"clips-{os.getpid()}.sqlite"
    def read():
        import pandas as pd
        return read_clips(pd.read_parquet(table), folder)
    with clips_indexed(read, index) as clips:
        VoteStore(url).campaigns()  # it is checked
        factory = AppFactory(url, clips, read_taxonomy(), ServerSettings())
        serve(factory, open_socket("127.0.0.1", int(port)), int(workers))
"""
COMPILED = str(Path(tempfile.gettempdir()) / "libra_emo_benchmark_modules")
VIDEO_BYTES = bytes(range(256)) * 1200  # some 300 kB, as a clip of 4 s has


class Served:
    """A campaign in a store, and the processes that serve it.

    Args:
        folder: Folder for the store, if it is one of SQLite, the clips and the program.
        clips: Number of clips.
        people: Number of annotators.
        needed: Votes that each clip needs.
        workers: Server processes.
        url: SQLAlchemy URL of the store; an SQLite file in the folder by default.
    """

    def __init__(
        self,
        folder: Path,
        clips: int,
        people: int,
        needed: int,
        workers: int,
        url: str | None = None,
    ) -> None:
        self.folder, self.workers = folder, workers
        self.url = url or f"sqlite:///{folder}/votes.sqlite"
        self.store = VoteStore(self.url)
        now = datetime.now(UTC)
        self.names = [f"person {number}" for number in range(people)]
        self.store.add_annotators(self.names, now)
        self.store.add_annotators(["Lea"], now, "lead")
        self.campaign = Campaign.of("round_1", read_taxonomy(), needed, min(2, needed))
        self.ids = [f"film-{n:08x}-000000000-000004000" for n in range(clips)]
        self.store.open_campaign(self.campaign, self.ids)
        self._write_clips()
        (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
        with socket.socket() as tried:
            tried.bind(("127.0.0.1", 0))
            self.port = tried.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._log = (folder / "server.log").open("ab")
        # as on a user's machine: modules are compiled once, whatever this environment says
        self._environment = {**os.environ, "PYTHONPYCACHEPREFIX": COMPILED}
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)

    @property
    def log(self) -> str:
        """What the server's processes wrote."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def _write_clips(self) -> None:
        (self.folder / "clip.mp4").write_bytes(VIDEO_BYTES)
        rows = {
            "clip_id": self.ids,
            "clip_path": "clip.mp4",
            "subtitle": "I never thought that you would come back.",
            "language": "en",
            "duration_s": 4.0,
            "translations": '{"zh": "我没想到你会回来。"}',
            "face_boxes": "[[0.0, 0.2, 0.7, 0.8, 0.3], [1.0, 0.2, 0.7, 0.8, 0.3]]",
        }
        pd.DataFrame(rows).to_parquet(self.folder / "candidates.parquet")

    def links(self, names: list[str]) -> list[str]:
        """Return the path of a new personal link of each person."""
        keys = {person.name: key for key, person in self.store.annotators().items()}
        now = datetime.now(UTC)
        return [f"/join/{make_link(self.store, keys[name], now)}" for name in names]

    def clip_keys(self) -> set[str]:
        """Return the keys of the clips, as the store has them."""
        return {clip_key(clip_id) for clip_id in self.ids}

    def start(self) -> float:
        """Start the server and return after how many seconds it answered its first request."""
        command = [sys.executable, str(self.folder / "program.py"), self.url, str(self.port)]
        command += [str(self.workers), str(self.folder / "candidates.parquet")]
        start = time.perf_counter()
        self.process = subprocess.Popen(
            command, start_new_session=True, env=self._environment, stderr=self._log
        )
        opener = build_opener(ProxyHandler({}))
        while True:
            if self.process.poll() is not None:
                raise RuntimeError("the server ended")
            try:
                opener.open(self.address, timeout=10)
            except HTTPError:  # it answers: nobody is known
                return time.perf_counter() - start
            except OSError:
                time.sleep(0.02)

    def processes(self) -> list[int]:
        """Return the ids of the server's processes that answer requests."""
        assert self.process is not None
        parent = self.process.pid
        if self.workers == 1:
            return [parent]
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(child) for child in children if _is_worker(int(child))]

    def kill(self) -> None:
        """Kill every process of the server by SIGKILL."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """End the server as Ctrl+C does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()


def _is_worker(process: int) -> bool:
    """Return whether a child serves; one keeps the list of multiprocessing's resources."""
    return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()


def measure_memory(process: int) -> dict[str, float]:
    """Return the memory of a process in MB: `rss`, and `pss` which shares what is shared."""
    figures = {}
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in ("Rss", "Pss"):
            figures[name.lower()] = int(rest.split()[0]) / 1024
    return figures


def measure_cpu(process: int) -> float:
    """Return the seconds of CPU that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
