"""The tables of a release, made of those of a run: pure functions, sorted rows, no index.

Each table but `films` is about clips, and has a column `film_id`, so that all rows of a film can be
found, counted and taken out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from libra_emo.publication.errors import ReleaseError

CLIP_COLUMNS: Final = (
    *("clip_id", "film_id", "split", "start_s", "end_s", "duration_s", "language", "subtitle"),
    *("label", "origin", "support", "votes", "round", "copies"),
)
FILM_TABLES: Final = (
    *("labels", "votes", "soft_labels", "label_changes", "dropped", "explanations", "predictions"),
    "attribution",
)
SHOWN_CLIPS: Final = 3


@dataclass(frozen=True)
class RunTables:
    """What a finished run wrote, by the names of the catalog.

    Attributes:
        candidates: Candidates.
        rounds: RoundLabels of each round, round 0 first.
        labels: RoundLabels, the final ones of the pool.
        bench_labels: RoundLabels of the bench.
        soft_labels: SoftLabels of the last round.
        label_history: LabelChanges.
        dropped: Dropped of the bench and of each round, by campaign.
        explanations: Explanations.
        bench_predictions: BenchPredictions.
    """

    candidates: pd.DataFrame
    rounds: tuple[pd.DataFrame, ...]
    labels: pd.DataFrame
    bench_labels: pd.DataFrame
    soft_labels: pd.DataFrame
    label_history: pd.DataFrame
    dropped: Mapping[str, pd.DataFrame]
    explanations: pd.DataFrame
    bench_predictions: pd.DataFrame


def tabulate(run: RunTables, votes: pd.DataFrame, films: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tables of a release by name: `clips`, `films` and `FILM_TABLES` but attribution.

    Only rows of released films are in them. Where the licence of a film permits no excerpts, the
    words spoken and the explanation, which may quote them, are left out.

    Args:
        run: Tables of the run.
        votes: Votes, as `tabulate_votes` returns them.
        films: Films, as `list_films` returns them.

    Raises:
        ReleaseError: If a labelled clip is no candidate, or lies in a film of another split.
    """
    copies = films.set_index("film_id")["copies"]
    film_of = run.candidates.set_index("clip_id")["source_id"]
    film_of = film_of[film_of.isin(copies.index)]
    clips = _tabulate_clips(run, films)
    tables = {
        "labels": pd.concat([*_number(run.rounds, "pool"), *_number([run.bench_labels], "bench")]),
        "votes": votes,
        "soft_labels": run.soft_labels,
        "label_changes": run.label_history,
        "dropped": _join_dropped(run.dropped),
        "explanations": run.explanations,
        "predictions": run.bench_predictions.drop(columns=["source_id", "reply"], errors="ignore"),
    }
    known = {name: _with_film(table, film_of) for name, table in tables.items()}
    quoting = known["explanations"]
    quoting["explanation"] = quoting["explanation"].where(quoting["film_id"].map(copies))
    counted = clips.groupby("film_id").size()
    listed = films.assign(clips=films["film_id"].map(counted).fillna(0).astype("int64"))
    return {"clips": clips, "films": listed, **known}


def _tabulate_clips(run: RunTables, films: pd.DataFrame) -> pd.DataFrame:
    known = films.set_index("film_id")
    candidates = run.candidates.rename(columns={"source_id": "film_id"})
    clips = []
    for labels, splits in ((run.labels, ("train", "validation")), (run.bench_labels, ("test",))):
        missing = sorted(set(labels["clip_id"]) - set(candidates["clip_id"]))
        if missing:
            raise ReleaseError(f"{_some(missing)}: a label, but no such clip; run the loop again")
        part = candidates.merge(labels, on="clip_id", how="inner", validate="one_to_one")
        part = part[part["film_id"].isin(known.index)]
        wrong = part.loc[~part["film_id"].map(known["split"]).isin(splits), "clip_id"]
        if len(wrong):
            raise ReleaseError(f"{_some(sorted(wrong))}: its film is in another split")
        clips.append(part)
    table = pd.concat(clips, ignore_index=True)
    table["split"] = table["film_id"].map(known["split"])
    table["copies"] = table["film_id"].map(known["copies"]).astype(bool)
    table["subtitle"] = table["subtitle"].where(table["copies"])
    return table[list(CLIP_COLUMNS)].sort_values("clip_id", ignore_index=True)


def _number(rounds: Sequence[pd.DataFrame], part: str) -> list[pd.DataFrame]:
    """Return the labels after each round; `set_in` is the round that last set a label."""
    return [
        labels.rename(columns={"round": "set_in"}).assign(round=number, part=part)
        for number, labels in enumerate(rounds)
    ]


def _join_dropped(dropped: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    parts = [table.assign(campaign=name) for name, table in dropped.items()]
    joined = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return joined.reindex(columns=["clip_id", "campaign", "reason"])


def _with_film(table: pd.DataFrame, film_of: pd.Series) -> pd.DataFrame:
    """Return the rows of released films, sorted, with their film after the clip."""
    own = table[table["clip_id"].isin(film_of.index)].copy()
    place = list(own.columns).index("clip_id") + 1
    own.insert(place, "film_id", own["clip_id"].map(film_of))
    texts = [name for name in own.columns if not name.startswith("p_")]
    order = ["clip_id", *(name for name in texts if name not in ("clip_id", "explanation"))]
    return own.sort_values(order, ignore_index=True, kind="stable")


def _some(clips: list[str]) -> str:
    more = f" and {len(clips) - SHOWN_CLIPS} more" if len(clips) > SHOWN_CLIPS else ""
    return ", ".join(clips[:SHOWN_CLIPS]) + more
