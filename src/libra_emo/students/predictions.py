"""The table of predictions, which is the same for all students."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from libra_emo.schemas import Predictions, check

_DIGITS = 9  # of probabilities, so that the last bits of a sum make no other file


def tabulate_predictions(
    clip_ids: pd.Series, probabilities: np.ndarray, labels: Sequence[str]
) -> pd.DataFrame:
    """Return `Predictions` of some clips.

    Args:
        clip_ids: Ids of the clips.
        probabilities: Probabilities of shape (clips, labels); NaN for a clip that could not be
            read, which is predicted as null.
        labels: Labels in the order of the columns.
    """
    rounded = probabilities.round(_DIGITS)
    names = np.array(labels, dtype=object)
    unread = np.isnan(rounded).any(axis=1)
    best = names[np.where(unread, 0, rounded.argmax(axis=1))]
    best[unread] = None
    table = pd.DataFrame(
        {
            "clip_id": clip_ids.to_numpy(),
            "predicted": pd.Series(best, dtype="str"),
            "confidence": rounded.max(axis=1),
        }
    )
    shares = pd.DataFrame(rounded, columns=[f"p_{label}" for label in labels])
    return check(pd.concat([table, shares], axis=1), Predictions)
