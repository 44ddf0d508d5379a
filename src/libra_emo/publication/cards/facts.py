"""The numbers of the dataset card and of the data statement, computed from a release's tables."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from libra_emo.annotation.campaigns import ADJUDICATION_SUFFIX
from libra_emo.annotation.statistics.alpha import estimate_alpha
from libra_emo.annotation.statistics.distances import nominal_distances
from libra_emo.common.licensing.terms import read_licences
from libra_emo.publication.cards.reading import CERTIFICATE, Release
from libra_emo.publication.release.agents import MODEL
from libra_emo.publication.release.films import SPLITS

SEED: Final = 20250101
UNKNOWN: Final = "unknown"
SECONDS_PER_HOUR: Final = 3600


def count_release(release: Release) -> dict[str, Any]:
    """Return what the cards say of films, clips, labels, votes and licences."""
    clips, films, votes = (release.table(name) for name in ("clips", "films", "votes"))
    return {
        "release": release.contents,
        "splits": [_count_split(clips, split) for split in _present(clips)],
        "total": _count_clips(clips),
        "languages": _count_by(clips, clips["language"]),
        "themes": _count_by(clips, clips["film_id"].map(films.set_index("film_id")["theme"])),
        "labels": _count_labels(clips, release.taxonomy.labels),
        "definitions": release.taxonomy.emotions,
        "origins": _count_by(clips, clips["origin"]),
        "rounds": _count_rounds(release.table("labels")),
        "agents": _count_agents(votes),
        "campaigns": _measure_agreement(votes),
        "dropped": _count_dropped(release.table("dropped")),
        "explanations": _count_explanations(release.table("explanations")),
        "licences": _count_licences(films),
        "certificate": release.read_json(CERTIFICATE),
    }


def _present(clips: pd.DataFrame) -> list[str]:
    return [split for split in SPLITS if (clips["split"] == split).any()]


def _count_clips(clips: pd.DataFrame) -> dict[str, Any]:
    return {
        "clips": len(clips),
        "films": int(clips["film_id"].nunique()),
        "shortest": float(clips["duration_s"].min()) if len(clips) else 0.0,
        "longest": float(clips["duration_s"].max()) if len(clips) else 0.0,
        "hours": float(clips["duration_s"].sum()) / SECONDS_PER_HOUR,
        "copies": int(clips["copies"].sum()),
    }


def _count_split(clips: pd.DataFrame, split: str) -> dict[str, Any]:
    return {"split": split, **_count_clips(clips[clips["split"] == split])}


def _count_by(clips: pd.DataFrame, values: pd.Series) -> list[dict[str, Any]]:
    """Return the clips and films of each value, the most frequent first."""
    known = clips.assign(value=values.fillna(UNKNOWN).to_numpy())
    rows: list[dict[str, Any]] = [
        {"value": value, "clips": len(own), "films": int(own["film_id"].nunique())}
        for value, own in known.groupby("value")
    ]
    return sorted(rows, key=lambda row: (-row["clips"], row["value"]))


def _count_labels(clips: pd.DataFrame, labels: tuple[str, ...]) -> list[dict[str, Any]]:
    counts = clips.groupby(["label", "split"]).size().to_dict()
    return [
        {"label": label, **{split: int(counts.get((label, split), 0)) for split in SPLITS}}
        for label in labels
    ]


def _count_rounds(labels: pd.DataFrame) -> list[dict[str, Any]]:
    """Return how many clips have a label after each round, and how many labels it changed."""
    own = labels[labels["part"] == "pool"]
    rows: list[dict[str, Any]] = []
    before: pd.Series | None = None
    for number, after in own.groupby("round", sort=True):
        now = after.set_index("clip_id")["label"]
        both = now.index.intersection(before.index) if before is not None else now.index[:0]
        changed = 0 if before is None else int((now[both] != before[both]).sum())
        rows.append({"round": number, "labelled": len(now), "changed": changed})
        before = now
    return rows


def _count_agents(votes: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "agents": int(own["agent"].nunique()), "votes": len(own)}
        for kind, own in votes.groupby("kind", sort=True)
    ]


def _measure_agreement(votes: pd.DataFrame) -> list[dict[str, Any]]:
    """Return Krippendorff's alpha of each campaign with its interval, clustered by film."""
    people = votes[(votes["kind"] != MODEL) & votes["label"].notna()]
    people = people[~people["campaign"].str.endswith(ADJUDICATION_SUFFIX)]
    rows = []
    for campaign, own in people.groupby("campaign", sort=True):
        counts = pd.crosstab(own["clip_id"], own["label"])
        films = own.drop_duplicates("clip_id").set_index("clip_id")["film_id"]
        clusters = pd.factorize(films.reindex(counts.index))[0]
        distance = [nominal_distances(counts.shape[1])]
        alpha = estimate_alpha(counts.to_numpy(dtype=float), distance, clusters, seed=SEED)[0]
        rows.append(
            {
                "campaign": campaign,
                "kinds": sorted(set(own["kind"])),
                "clips": len(counts),
                "votes": len(own),
                "agents": int(own["agent"].nunique()),
                **{"alpha": alpha.value, "low": alpha.low, "high": alpha.high},
            }
        )
    return rows


def _count_dropped(dropped: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {"reason": reason, "clips": len(own)}
        for reason, own in dropped.groupby("reason", sort=True)
    ]


def _count_explanations(explanations: pd.DataFrame) -> dict[str, int]:
    written = explanations["status"].isin(("ok", "repaired"))
    return {
        "labels": len(explanations),
        "written": int(written.sum()),
        "released": int((written & explanations["explanation"].notna()).sum()),
    }


def _count_licences(films: pd.DataFrame) -> list[dict[str, Any]]:
    names = films["license"].fillna(UNKNOWN)
    rows = []
    for name, own in films[films["clips"] > 0].groupby(names):
        licence = read_licences().get(str(name))
        rows.append(
            {
                "license": name,
                "address": licence.address if licence else None,
                "terms": licence.terms if licence else None,
                "films": len(own),
                "clips": int(own["clips"].sum()),
                "copies": int(own.loc[own["copies"], "clips"].sum()),
            }
        )
    return rows
