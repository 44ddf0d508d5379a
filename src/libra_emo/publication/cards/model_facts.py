"""The numbers of the model card, computed from the predictions of a release, and known failures."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from libra_emo.evaluation.intervals import score_with_intervals
from libra_emo.publication.cards.reading import Release
from libra_emo.taxonomy import Taxonomy

PAIRS: Final = 5
FEW_CLIPS: Final = 10


def score_models(release: Release) -> dict[str, Any]:
    """Return the scores of each model on the test split, and where the first model fails.

    The first model is that with the most modalities of the first name in the predictions.
    """
    predictions, taxonomy = release.table("predictions"), release.taxonomy
    keys = list(dict.fromkeys(zip(predictions["model"], predictions["modalities"], strict=True)))
    models = [_score(predictions, key, taxonomy) for key in sorted(keys)]
    first = _find_first(keys)
    failures = _find_failures(predictions, first, taxonomy) if first else None
    return {"models": models, "failures": failures}


def _own(predictions: pd.DataFrame, key: tuple[str, str]) -> pd.DataFrame:
    model, modalities = key
    return predictions[(predictions["model"] == model) & (predictions["modalities"] == modalities)]


def _score(predictions: pd.DataFrame, key: tuple[str, str], taxonomy: Taxonomy) -> dict[str, Any]:
    own = _own(predictions, key)
    scores = score_with_intervals(own["truth"], own["predicted"], own["film_id"], taxonomy)
    counts = {"clips": len(own), "films": int(own["film_id"].nunique())}
    return {"model": key[0], "modalities": key[1], **counts, **scores}


def _find_first(keys: list[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the model that the card is about: a trained student where there is one."""
    students = [key for key in keys if key[0] == "student"] or keys
    return max(students, key=lambda key: (len(key[1]), key), default=None)


def _find_failures(
    predictions: pd.DataFrame, key: tuple[str, str], taxonomy: Taxonomy
) -> dict[str, Any]:
    own = _own(predictions, key)
    wrong = own[own["predicted"] != own["truth"]]
    pairs = wrong.dropna(subset=["predicted"]).groupby(["truth", "predicted"]).size()
    ordered = pairs.reset_index(name="clips").sort_values(
        ["clips", "truth", "predicted"], ascending=[False, True, True]
    )
    truths = own["truth"].value_counts()
    right = own.loc[own["predicted"] == own["truth"], "truth"].value_counts()
    recalls: list[dict[str, Any]] = [
        {"label": label, "clips": int(truths[label]), "right": int(right.get(label, 0))}
        for label in taxonomy.labels
        if label in truths
    ]
    return {
        "model": key[0],
        "modalities": key[1],
        "wrong": len(wrong),
        "clips": len(own),
        "pairs": ordered.head(PAIRS).to_dict("records"),
        "recalls": recalls,
        "rare": [row["label"] for row in recalls if row["clips"] < FEW_CLIPS],
        "absent": [label for label in taxonomy.labels if label not in truths],
    }
