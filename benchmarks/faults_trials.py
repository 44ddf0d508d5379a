"""Trials of whole runs: killed, cut off from their films, on a full disk, two at once."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from faults_world import (
    PIPELINES,
    World,
    count_left,
    count_lost,
    digests,
    kill,
    run,
    run_to_end,
    start,
)

# what each pipeline has to write anew
MADE = (
    "03_primary",
    "04_feature",
    "05_model_input",
    "06_models",
    "07_model_output",
    "08_reporting",
)
LARGEST_BYTES = 3000
SHARES = (0.5, 0.2, 0.8)
POLL_SECONDS = 0.01
FILMS_SERVED = 3
TROUBLES = ("status 503", "gone", "status 401", "status 403", "status 429", "status 500",
            "short", "hangs", "status 502", "status 418")  # fmt: skip


def kill_runs(world: World, kills: int) -> dict[str, Any]:
    """Kill runs at moments that are spread over a whole run, and let each go on to its end."""
    wanted, figures = digests(world.whole), _none()
    for number in range(kills):
        with world.copy(*MADE, "02_intermediate", "01_raw") as project:
            (project / "data/01_raw").mkdir()
            process = start(project, "run")
            try:
                process.wait(world.seconds * (number + 0.5) / kills)
            except subprocess.TimeoutExpired:
                kill(process)
            run_to_end(project, "run")
            _count(figures, world, project, digests(project) == wanted)
    return figures


def kill_stages(world: World, names: Sequence[str] = PIPELINES) -> dict[str, Any]:
    """Kill each pipeline once, at a moment of its own, with all before it done; then run it again.

    The moment is a share of the files that the pipeline writes, so a busy machine changes nothing.
    """
    wanted, figures = digests(world.whole), {**_none(), "kills": 0}
    for name in names:
        number = PIPELINES.index(name)
        later = [path for one in PIPELINES[number:] for path in world.outputs[one]]
        with world.copy(*(path.relative_to("data") for path in later)) as project:
            goal = SHARES[number % len(SHARES)] * count_files(world.whole, world.outputs[name])
            process = start(project, "run", "--pipeline", name)
            while count_files(project, world.outputs[name]) < goal and process.poll() is None:
                time.sleep(POLL_SECONDS)
            if process.poll() is None:
                figures["kills"] += 1
                kill(process)
            run_to_end(project, "run", "--pipeline", name)
            made = digests(project)
            same = all(wanted[place] == text for place, text in made.items())
            _count(figures, world, project, same and is_there(project, wanted, world.outputs[name]))
    return figures


def count_files(project: Path, outputs: list[Path]) -> int:
    """Return how many files there are of a pipeline's outputs, those half-written included."""
    found = 0
    for place in outputs:
        path = project / place
        if path.is_dir():
            found += sum(1 for one in path.rglob("*") if one.is_file())
        elif path.is_file():
            found += 1
    return found


def is_there(project: Path, wanted: dict[str, str], outputs: list[Path]) -> bool:
    """Return whether every promised file of a pipeline's outputs is in a project."""
    names = [Path("data", name) for name in wanted]
    own = [name for name in names if not {name, *name.parents}.isdisjoint(outputs)]
    return all((project / name).is_file() for name in own)


def run_twice(world: World) -> dict[str, Any]:
    """Start two runs at once; one has to end well, and the other one with one line."""
    wanted, figures = digests(world.whole), _none()
    with world.copy(*MADE, "02_intermediate") as project, (project / "other").open("wb") as log:
        first = start(project, "run", "--pipeline", "preprocessing")
        second = start(project, "run", "--pipeline", "preprocessing", log=log)
        statuses = sorted([first.wait(), second.wait()])
        made = digests(project)
        same = made == {name: text for name, text in wanted.items() if name in made}
        whole = "03_primary/candidates.parquet" in made and statuses == [0, 1]
        _count(figures, world, project, same and whole)
    return figures


def fill_disk(world: World, stages: int | None) -> dict[str, Any]:
    """Run pipelines while files may not grow, and again without this limit."""
    wanted, figures = digests(world.whole), _none()
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (LARGEST_BYTES, LARGEST_BYTES))
    for number, name in enumerate(PIPELINES[:stages]):
        with world.copy(*(MADE if number == 0 else ())) as project:
            status, _ = run(project, "run", "--pipeline", name, preexec_fn=limit)
            left = count_left(project)
            run_to_end(project, "run", "--pipeline", name)
            made = digests(project)
            same = made == {place: text for place, text in wanted.items() if place in made}
            _count(figures, world, project, same and status != 0)
            figures["files_left"] += left
    return figures


def be_away(world: World, outages: int) -> dict[str, Any]:
    """Let the server of the films be in trouble while a second run asks for them anew."""
    figures = _none()
    with world.copy(*MADE, "02_intermediate") as project, _serving(project) as server:
        arguments = ("run", "--pipeline", "preprocessing", "--params", f"films={server.manifest}")
        run_to_end(project, *arguments)
        wanted = digests(project)
        for trouble in TROUBLES[:outages]:
            server.touch()
            server.how = trouble
            run(project, *arguments)
            figures["films_lost"] += _lost_of(project, wanted)
            server.how = "well"
            run_to_end(project, *arguments)
            _count(figures, None, project, digests(project) == wanted)
    return figures


def _none() -> dict[str, Any]:
    return {"runs": 0, "runs_same_bytes": 0, "films_lost": 0, "files_left": 0}


def _count(figures: dict[str, Any], world: World | None, project: Path, same: bool) -> None:
    figures["runs"] += 1
    figures["runs_same_bytes"] += int(same)
    figures["films_lost"] += count_lost(world.whole, project) if world else 0
    figures["files_left"] += count_left(project)


def _lost_of(project: Path, wanted: dict[str, str]) -> int:
    """Return how many of a project's shards are gone or changed."""
    now = digests(project)
    return sum(now.get(name) != text for name, text in wanted.items() if name.endswith(".tar"))


class _Server(ThreadingHTTPServer):
    """A server of a project's films on this machine, and how it answers."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, project: Path) -> None:
        self.films = project / "data/01_raw/films"
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(self.films)))
        self.how = "well"
        self.manifest = project / "manifest.csv"
        address = f"http://127.0.0.1:{self.server_port}"
        names = sorted(path.name for path in self.films.glob("*.mkv"))[:FILMS_SERVED]
        self.manifest.write_text("path\n" + "".join(f"{address}/{name}\n" for name in names))

    def touch(self) -> None:
        """Let every film look as if it were newer than its copy."""
        now = time.time() + 10
        for path in self.films.iterdir():
            # a date on the web has whole seconds
            newer = max(now, path.stat().st_mtime + 10)
            os.utime(path, (newer, newer))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that break off."""


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(super().do_HEAD)

    def do_GET(self) -> None:
        self._answer(super().do_GET)

    def _answer(self, well: Any) -> None:
        kind, _, status = self.server.how.partition(" ")  # type: ignore[attr-defined]
        if kind == "well":
            well()
        elif kind == "status":
            self.send_error(int(status))
        elif kind == "gone":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif kind == "short":
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            self.wfile.write(b"half")
        else:
            time.sleep(20)


@contextmanager
def _serving(project: Path) -> Iterator[_Server]:
    with _Server(project) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
