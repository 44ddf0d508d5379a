"""The table in which either student tells what it predicts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from libra_emo.schemas import Predictions, check

_DIGITS = 9  # of probabilities, so that the last bits of a sum make no other file


def tabulate_predictions(
    clip_ids: pd.Series, found: np.ndarray, labels: Sequence[str]
) -> pd.DataFrame:
    """Return `Predictions` of some clips.

    Args:
        clip_ids: The clips.
        found: Probabilities of shape (clips, labels).
        labels: The labels, in the order of the columns.
    """
    found = found.round(_DIGITS)
    names = np.array(labels, dtype=object)
    table = pd.DataFrame(
        {
            "clip_id": clip_ids.to_numpy(),
            "predicted": names[found.argmax(axis=1)],
            "confidence": found.max(axis=1),
        }
    )
    shares = pd.DataFrame(found, columns=[f"p_{label}" for label in labels])
    return check(pd.concat([table, shares], axis=1), Predictions)
