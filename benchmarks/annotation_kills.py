"""Kills server processes while people answer: every acknowledged vote must be stored once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa
from annotation_people import Figures, let_people_work
from annotation_served import Served

from libra_emo.annotation.database.tables import VOTE_DETAILS

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
