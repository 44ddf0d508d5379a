"""The release of `end_to_end.py`: the tables of its rounds; a clip's files are about 100 bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from release import MadeFiles
from scale_tables import TAXONOMY

from libra_emo.publication.building import ReleaseParts, build_release
from libra_emo.publication.checking.traces import Traces
from libra_emo.publication.options import PublicationOptions
from libra_emo.publication.release.agents import tabulate_votes
from libra_emo.publication.release.films import list_films
from libra_emo.publication.release.tables import RunTables, tabulate

ROUNDS = (0, 1, 2)


def build(folder: Path, own: Path) -> dict[str, Any]:
    """Build the release of the rounds' tables."""

    def read(step: str, name: str) -> pd.DataFrame:
        return pd.read_parquet(folder / step / f"{name}.parquet")

    rounds = tuple(read(f"round_{number}", "labels") for number in ROUNDS)
    labels, candidates = rounds[-1], read("fabricate", "candidates")
    bench = read("fabricate", "bench").merge(read("fabricate", "truth"))
    test = bench[["clip_id", "label"]].assign(origin="simulated", support=4, votes=4, round=0)
    listed, held = list_films(*_list_sources(candidates, bench))
    human = pd.concat([read(f"round_{number}", "human_votes") for number in ROUNDS])
    machine = read("vote", "machine_votes")
    run = RunTables(
        candidates=candidates,
        rounds=rounds,
        labels=labels,
        bench_labels=test[labels.columns],
        soft_labels=read("round_2", "soft_labels"),
        label_history=pd.concat([read(f"round_{n}", "label_changes") for n in ROUNDS]),
        dropped={f"round_{n}": read(f"round_{n}", "dropped") for n in ROUNDS},
        explanations=labels[["clip_id", "label"]].assign(
            explanation="It shows in the face.", writer="cues", status="ok"
        ),
        bench_predictions=read("evaluate", "bench_predictions"),
    )
    votes = tabulate_votes(human, machine, {})
    certificate = json.loads((folder / "round_2" / "certificate.json").read_text())
    parts = ReleaseParts(tabulate(run, votes, listed), held, certificate, TAXONOMY)
    options, traces = PublicationOptions(), Traces(names=())
    build_release(parts, MadeFiles(0), options, traces, own / "release")
    return {"released": len(labels) + len(test)}


def _list_sources(
    candidates: pd.DataFrame, bench: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return Sources, the split of their films, and no readings of licences."""
    names = np.sort(candidates["source_id"].unique())
    digests = [f"{number:064x}" for number in range(len(names))]
    sources = pd.DataFrame({"source_id": names, "sha256": digests, "title": names, "author": "A."})
    sources = sources.assign(license="CC-BY-4.0", language="en", theme="drama")
    sources["url"] = "https://films.example.org/" + sources["source_id"]
    side = np.where(np.isin(names, bench["source_id"].unique()), "bench", "pool")
    split = pd.DataFrame({"sha256": digests, "side": side})
    return sources, split, pd.DataFrame(columns=["sha256", "license_text", "read_on", "held"])
