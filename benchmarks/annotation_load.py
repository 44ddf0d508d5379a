"""Measures the server while 50 people label at once, over HTTP from a process of their own."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import sqlalchemy as sa
from annotation_people import LABELS, Figures, let_people_work
from annotation_served import Served, measure_cpu, measure_memory

from libra_emo.annotation.database.tables import VOTE_DETAILS, VOTES
from libra_emo.annotation.database.vote_checksums import sealed
from libra_emo.annotation.identity.clip_keys import clip_key

PEOPLE = 50
NEEDED = 4
PAUSE_S = 1.0  # people take five seconds and more


def measure_load(
    clips: int, answered: int, workers: int, seconds: float, url: str | None
) -> dict[str, Any]:
    """Return how the server answers 50 people who label clips of one campaign.

    First people answer after pauses of a second on average, some five times as quickly as people
    work: `submit_p95_ms` and `next_p95_ms` are of this part. Then they answer without a pause:
    `votes_per_s` and the figures that begin with `full_` are of that.

    Args:
        clips: Clips of the campaign.
        answered: How many votes the campaign has from before.
        workers: Server processes.
        seconds: Length of each part.
        url: SQLAlchemy URL of an empty database; an SQLite file by default.
    """
    with tempfile.TemporaryDirectory() as folder:
        served = Served(Path(folder), clips, PEOPLE, NEEDED, workers, url)
        add_votes(served, answered)
        served.start()  # its modules are compiled, and its files in the system's memory
        served.stop()
        cold_start_s = served.start()
        try:
            paced, paced_s, paced_share = _work(served, seconds, PAUSE_S)
            full, full_s, client_share = _work(served, seconds, 0.0)
            lead = asyncio.run(_time_lead_page(served))
            memory = [measure_memory(process) for process in served.processes()]
        finally:
            served.stop()
        acknowledged = [*paced.acknowledged, *full.acknowledged]
        stored = served.store.history(served.campaign.name)["vote_id"]
        return {
            "clips": clips,
            "people": PEOPLE,
            "workers": workers,
            "votes_before": answered,
            "submit_p95_ms": find_percentile(paced.submit_s, 95),
            "submit_p50_ms": find_percentile(paced.submit_s, 50),
            "next_p95_ms": find_percentile(paced.next_s, 95),
            "next_p50_ms": find_percentile(paced.next_s, 50),
            "paced_votes_per_s": round(len(paced.submit_s) / paced_s, 1),
            "client_share": paced_share,
            "votes_per_s": round(len(full.submit_s) / full_s, 1),
            "full_submit_p95_ms": find_percentile(full.submit_s, 95),
            "full_next_p95_ms": find_percentile(full.next_s, 95),
            "full_client_share": client_share,
            "lead_page_s": lead[0],
            "lead_page_again_s": lead[-1],
            "cold_start_s": round(cold_start_s, 2),
            "process_mb": round(max(figures["rss"] for figures in memory)),
            "process_pss_mb": round(max(figures["pss"] for figures in memory)),
            "votes_acknowledged": len(set(acknowledged)),
            "votes_stored": len(stored) - answered,
            "votes_twice": int(stored.duplicated().sum()),
        }


def find_percentile(seconds: list[float], percentile: float) -> float:
    """Return a percentile in milliseconds."""
    return round(float(np.percentile(seconds, percentile)) * 1000, 1)


def _work(served: Served, seconds: float, pause_s: float) -> tuple[Figures, float, float]:
    """Let people work; return the figures, the seconds, and the clients' share of the CPU used."""
    figures = Figures()
    processes = served.processes()
    before, own = sum(map(measure_cpu, processes)), time.process_time()
    links = served.links(served.names)
    took = asyncio.run(let_people_work(served.address, links, figures, seconds, pause_s))
    own = time.process_time() - own
    theirs = sum(map(measure_cpu, processes)) - before
    return figures, took, round(own / (own + theirs), 3)


async def _time_lead_page(served: Served, times: int = 3) -> list[float]:
    """Return how many seconds the lead's page takes, the first time and later."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(served.address, cookie_jar=jar) as http:
        await (await http.get(served.links(["Lea"])[0])).text()
        found = []
        for _ in range(times):
            start = time.perf_counter()
            async with http.get("/lead") as reply:
                assert reply.status == 200
                await reply.text()
            found.append(round(time.perf_counter() - start, 3))
        return found


def add_votes(served: Served, count: int) -> None:
    """Write votes of earlier days: the first clips are answered in full."""
    draw = random.Random(count)
    people = sorted(key for key, person in served.store.annotators().items() if person.active)
    moment = datetime.now(UTC).isoformat(timespec="microseconds")
    votes, details = [], []
    for number in range(count):
        clip_id = served.ids[number // NEEDED]
        person = people[(number // NEEDED + number % NEEDED) % len(people)]
        vote = {
            "vote_id": str(uuid.UUID(int=draw.getrandbits(128), version=4)),
            "campaign": served.campaign.name,
            "clip_id": clip_id,
            "clip_key": clip_key(clip_id),
            "annotator": person,
            "label": draw.choice(LABELS),
            "received_at": moment,
            "voted_at": moment,
            "seconds": 5.0,
        }
        votes.append(vote)
        row = {"note": "", "distress": False, "other_person": False, "muted": False}
        details.append({"vote_id": vote["vote_id"], **row, "played_s": 4.0, "plays": 1})
    if votes:
        with served.store.writing() as connection:
            connection.execute(sa.insert(VOTES), [sealed(vote) for vote in votes])
            connection.execute(sa.insert(VOTE_DETAILS), details)


def describe_machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {"cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 1)}
