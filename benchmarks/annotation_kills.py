"""Kills server processes while people answer: every acknowledged vote must be stored once.

`.venv/bin/python benchmarks/annotation_kills.py --json FILE` does it with SQLite, and with
PostgreSQL where `LIBRA_EMO_TEST_POSTGRES` is the URL of a server, each with one process and four.
`--votes`, `--kills`, `--workers` and `--database` choose less.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from annotation_people import Figures, let_people_work
from annotation_served import Served

from libra_emo.annotation.database.tables import VOTE_DETAILS

DATABASES = ("sqlite", "postgres")
SERVER = "LIBRA_EMO_TEST_POSTGRES"
LOST = ("votes_twice", "votes_lost", "votes_without_details", "places_exceeded")
PEOPLE = 20
NEEDED = 4


def measure_kills(
    folder: Path, votes: int, workers: int, kills: int, url: str | None = None
) -> dict[str, float | int]:
    """Let 20 people answer a whole campaign while processes are killed by SIGKILL.

    Half of the kills end one server process, the others every process, after which the server is
    started again, as a service manager does.

    Args:
        folder: Empty folder.
        votes: How many votes the campaign needs; a multiple of 4.
        workers: Server processes.
        kills: How often processes are killed, spread over the votes.
        url: SQLAlchemy URL of an empty database; an SQLite file by default.

    Returns:
        votes_acknowledged, votes_stored, votes_twice, votes_lost (acknowledged and not stored),
        places_exceeded (clips with more answers than they need), kills, repeats (requests that
        were sent again) and seconds.
    """
    served = Served(folder, votes // NEEDED, PEOPLE, NEEDED, workers, url)
    served.start()
    try:
        return asyncio.run(_answer_under_kills(served, votes, kills))
    finally:
        served.kill()


async def _answer_under_kills(served: Served, votes: int, kills: int) -> dict[str, float | int]:
    links = served.links(served.names)
    figures = Figures()
    start = time.perf_counter()
    killer = asyncio.create_task(_kill(served, figures, votes, kills))
    await let_people_work(served.address, links, figures)
    killed = await killer
    seconds = time.perf_counter() - start
    return {**count(served, figures), "kills": killed, "seconds": round(seconds, 1)}


async def _kill(served: Served, figures: Figures, votes: int, kills: int) -> int:
    """Kill processes at drawn numbers of acknowledged votes; return how often it happened."""
    draw = random.Random(votes)
    goals = sorted(draw.uniform(0.02, 0.9) * votes for _ in range(kills))
    for number, goal in enumerate(goals):
        while len(figures.acknowledged) < goal:
            await asyncio.sleep(0.005)
        if number % 2 and served.workers > 1:
            with suppress(ProcessLookupError, IndexError):  # it was killed a moment ago
                os.kill(draw.choice(served.processes()), signal.SIGKILL)
        else:
            served.kill()
            await asyncio.to_thread(served.start)
    return len(goals)


def count(served: Served, figures: Figures) -> dict[str, float | int]:
    """Compare what was acknowledged with what the store has."""
    history = served.store.history(served.campaign.name)
    stored = history["vote_id"]
    with served.store.reading() as connection:
        details = connection.execute(sa.select(sa.func.count()).select_from(VOTE_DETAILS)).scalar()
    people = history.groupby("clip_id")["annotator"].nunique()
    again = history.duplicated(["clip_id", "annotator"]).sum()
    return {
        "votes_acknowledged": len(set(figures.acknowledged)),
        "votes_stored": len(stored),
        "votes_twice": int(stored.duplicated().sum() + again),
        "votes_lost": len(set(figures.acknowledged) - set(stored)),
        "votes_without_details": len(stored) - int(details or 0),
        "places_exceeded": int((people > served.campaign.annotators_per_clip).sum()),
        "repeats": figures.repeats,
    }


@contextmanager
def fresh_database(kind: str) -> Iterator[str | None]:
    """Give the URL of an empty database of PostgreSQL, dropped afterwards; None for SQLite."""
    if kind == "sqlite":
        yield None
        return
    name = f"libra_emo_kills_{uuid.uuid4().hex}"
    engine = sa.create_engine(os.environ[SERVER], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        url = sa.make_url(os.environ[SERVER]).set(database=name)
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def main() -> None:
    """Print the figures of each combination; end with 1 if a vote is lost or stored twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--votes", type=int, default=10_000, help="a multiple of 4")
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--workers", type=int, action="append", help="server processes: 1 and 4")
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--json", type=Path, help="file for the figures")
    given = parser.parse_args()
    known = DATABASES if os.environ.get(SERVER) else DATABASES[:1]
    figures: dict[str, float | int] = {}
    for kind in given.database or known:
        for workers in given.workers or (1, 4):
            with tempfile.TemporaryDirectory() as folder, fresh_database(kind) as url:
                found = measure_kills(Path(folder), given.votes, workers, given.kills, url)
            for name, value in found.items():
                figures[f"{kind}_{workers}_{name}"] = value
                print(f"{kind}_{workers}_{name}: {value}", flush=True)
            if given.json:
                given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
            if found["votes_acknowledged"] != found["votes_stored"] or any(map(found.get, LOST)):
                sys.exit(1)


if __name__ == "__main__":
    main()
