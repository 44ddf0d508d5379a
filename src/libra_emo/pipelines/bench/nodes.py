"""The nodes of the bench: the split of the candidates, the votes, the labels, the report."""

from __future__ import annotations

from typing import Any, Unpack

import pandas as pd

from libra_emo.annotation.agreement import measure_agreement
from libra_emo.annotation.campaigns import Campaign, PeopleNeeded
from libra_emo.annotation.collection import AnnotatorInputs, Annotators, ask_annotators
from libra_emo.annotation.options import AnnotationOptions, BenchOptions
from libra_emo.pipelines.bench.membership import divide
from libra_emo.pipelines.bench.split import check_split
from libra_emo.pipelines.bench.validation import settle_sample, validation_campaign
from libra_emo.schemas import Candidates, Sources, check
from libra_emo.taxonomy import Taxonomy

CAMPAIGN = "bench"


def split_candidates(
    candidates: pd.DataFrame, sources: pd.DataFrame, split: pd.DataFrame, bench_clips: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return bench sample, pool and withheld clips; each candidate is in exactly one of them.

    Whole films belong to the bench, so that no model is trained on an actor or a set that it is
    evaluated on. The other clips of these films are withheld.

    Args:
        candidates: Clips, as Candidates.
        sources: Films, as Sources.
        split: The side of each film, as Split.
        bench_clips: The clips of the bench sample, as BenchClips.

    Returns:
        Three tables of Candidates, sorted by clip_id.

    Raises:
        BenchError: If a clip is lost, or a film is on two sides.
    """
    clips = check(candidates, Candidates).sort_values("clip_id", ignore_index=True)
    parts = divide(clips, check(sources, Sources), split, bench_clips)
    sample, pool, withheld = (part.reset_index(drop=True) for part in parts)
    check_split(clips, sample, pool, withheld)
    return sample, pool, withheld


def collect_bench_votes(
    bench_sample: pd.DataFrame,
    validation_sample: pd.DataFrame,
    taxonomy: Taxonomy,
    bench: BenchOptions,
    annotation: AnnotationOptions,
    **inputs: Unpack[AnnotatorInputs],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the HumanVotes of the bench and of validation, adjudications included.

    Both campaigns are opened before the run ends because people are needed.

    Raises:
        PeopleNeeded: If people have not yet answered everything.
        SimulationError: If the truth of a clip is not known to the simulated annotators.
    """
    asked = (
        (_campaign(bench, taxonomy), bench_sample),
        (validation_campaign(taxonomy, bench), validation_sample),
    )
    votes, waiting = [], []
    for campaign, sample in asked:
        try:
            votes.append(ask_annotators(campaign, sample, taxonomy, annotation, **inputs))
        except PeopleNeeded as needed:
            waiting.append(needed)
    if waiting:
        raise waiting[0]
    return votes[0], votes[1]


def settle_bench(
    bench_sample: pd.DataFrame,
    human_votes: pd.DataFrame,
    annotators: Annotators,
    taxonomy: Taxonomy,
    bench: BenchOptions,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the bench's labels as RoundLabels, and its Dropped clips."""
    return settle_sample(bench_sample, human_votes, _campaign(bench, taxonomy), annotators)


def report_bench(
    *,
    bench_sample: pd.DataFrame,
    pool: pd.DataFrame,
    withheld: pd.DataFrame,
    human_votes: pd.DataFrame,
    bench_labels: pd.DataFrame,
    dropped: pd.DataFrame,
    validation_sample: pd.DataFrame,
    validation_labels: pd.DataFrame,
    annotators: Annotators,
    taxonomy: Taxonomy,
    bench: BenchOptions,
) -> dict[str, Any]:
    """Return the report of the bench: its films, clips and labels, and its annotators' agreement.

    `sample_clips_asked` is above `clips.sample` if the films of the bench have fewer clips.
    """
    campaign = _campaign(bench, taxonomy)
    adjudicated = human_votes.loc[
        human_votes["campaign"] == campaign.adjudication.name, "clip_id"
    ].nunique()
    by_label = bench_labels["label"].value_counts()
    parts = {"sample": bench_sample, "pool": pool, "withheld": withheld}
    aside = set(validation_sample["source_id"])
    held_out = {*bench_sample["source_id"], *withheld["source_id"]} - aside
    validation = {
        "films": len(aside), "clips": len(validation_sample), "labelled": len(validation_labels)
    }  # fmt: skip
    return {
        "annotators": annotators,
        "annotators_per_clip": campaign.annotators_per_clip,
        "threshold": campaign.threshold,
        "films": {
            "bench": len(held_out),
            "pool": int(pool["source_id"].nunique()),
        },
        "clips": {name: len(part) for name, part in parts.items()},
        "sample_clips_asked": bench.sample_clips,
        "labelled": len(bench_labels),
        "dropped": {str(k): int(v) for k, v in dropped["reason"].value_counts().items()},
        "adjudicated": int(adjudicated),
        "agreement": measure_agreement(human_votes, campaign),
        "clips_by_label": {label: int(by_label.get(label, 0)) for label in taxonomy.labels},
        "negative": int(bench_labels["label"].isin(taxonomy.negative_labels).sum()),
        **({"validation": validation} if len(validation_sample) else {}),
    }


def _campaign(bench: BenchOptions, taxonomy: Taxonomy) -> Campaign:
    return Campaign.of(CAMPAIGN, taxonomy, bench.annotators_per_clip, bench.threshold)
