"""Pairs of labels that models mix up, the most frequent first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from libra_emo.evaluation.statistics.intervals import share_interval

COLUMNS = (
    "model", "modalities", "truth", "answer", "clips", "of", "films", "share", "low", "high",
)  # fmt: skip


def rank_pairs(bench_predictions: pd.DataFrame) -> pd.DataFrame:
    """Return how often each model answers one label for another, the most frequent pairs first.

    Args:
        bench_predictions: BenchPredictions.

    Returns:
        model, modalities, truth, answer; clips, how many clips of the true label got this answer;
        of, the clips of the true label; films, their films; share with its 95 % interval low and
        high, Wilson's on the effective number of clips, since clips of one film are alike.
        Unreadable answers are no pair.
    """
    rows = []
    for (model, modalities), table in bench_predictions.groupby(
        ["model", "modalities"], sort=False
    ):
        for truth, clips in table.groupby("truth", sort=True):
            rows += [
                (model, modalities, truth, answer, *counts)
                for answer, counts in _count_answers(clips, str(truth)).items()
            ]
    pairs = pd.DataFrame(rows, columns=list(COLUMNS))
    order = pd.factorize(pairs["model"] + " " + pairs["modalities"])[0]
    ranked = pairs.assign(order=order).sort_values(
        ["order", "clips", "share", "truth", "answer"], ascending=[True, False, False, True, True]
    )
    return ranked.drop(columns="order").reset_index(drop=True)


def _count_answers(clips: pd.DataFrame, truth: str) -> dict[str, tuple[float, ...]]:
    """Return for each wrong answer: clips, of, films, share, low, high."""
    answers = sorted(set(clips["predicted"].dropna()) - {truth})
    films, sizes = np.unique(clips["source_id"], return_counts=True)
    found: dict[str, tuple[float, ...]] = {}
    for answer in answers:
        given = clips.loc[clips["predicted"] == answer, "source_id"]
        hits = given.value_counts().reindex(films, fill_value=0).to_numpy(float)
        interval = share_interval(hits, sizes.astype(float))
        found[answer] = (
            int(hits.sum()),
            len(clips),
            len(films),
            interval.estimate,
            interval.low,
            interval.high,
        )
    return found
