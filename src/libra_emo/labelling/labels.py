"""Labels from posteriors: which label is released, soft labels, and what became of each label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from libra_emo.labelling.votes import Bools, Floats, Ints, LabellingError

HISTORY_COLUMNS = ("clip_id", "round", "old_label", "new_label", "reason", "decided_by")
REASONS = ("first", "posterior", "votes", "dropped")
NO_LABEL = -1
SETTLED = 0.9  # probability from which a label that two people answered for counts as settled


def release_labels(
    probabilities: Floats, weights: Floats, previous: Ints, settled: Bools, answered: Bools
) -> Ints:
    """Return the label of each clip by position: the one of the highest expected weight.

    A label that people settled stays, whatever machines say later, unless somebody has answered
    for the clip since.

    Args:
        probabilities: Probability of each label.
        weights: How much a right label of each class counts.
        previous: Label before, -1 for none.
        settled: Whether people settled the label before.
        answered: Whether somebody has answered for the clip since.
    """
    best = (probabilities * weights).argmax(axis=1)
    kept = settled & ~answered & (previous != NO_LABEL)
    labels: Ints = np.where(kept, previous, best).astype(np.int64)
    return labels


def is_settled(probabilities: Floats, labels: Ints, judgements: Ints, target: float) -> Bools:
    """Return whether people settled a label: two answered, and it reached the target.

    Args:
        probabilities: Probability of each label of each clip.
        labels: The label by position.
        judgements: How many people have answered for each clip.
        target: Probability that is enough.
    """
    own = np.take_along_axis(probabilities, np.maximum(labels, 0)[:, None], axis=1)[:, 0]
    settled: Bools = (judgements >= 2) & (own >= target) & (labels != NO_LABEL)
    return settled


def soft_labels(clips: Sequence[str], probabilities: Floats, labels: Sequence[str]) -> pd.DataFrame:
    """Return the table of soft labels: clip_id, and `p_<label>` for every label, by clip_id.

    Args:
        clips: Ids of the labelled clips.
        probabilities: Probability of each label, a row a clip.
        labels: The labels in their order.

    Raises:
        LabellingError: If the sizes do not fit together.
    """
    if probabilities.shape != (len(clips), len(labels)):
        raise LabellingError(
            f"{len(clips)} clips with {len(labels)} labels have probabilities of shape "
            f"{probabilities.shape}"
        )
    table = pd.DataFrame(probabilities, columns=[f"p_{label}" for label in labels])
    table.insert(0, "clip_id", pd.Series(list(clips), dtype="str"))
    return table.sort_values("clip_id").reset_index(drop=True)


def label_changes(
    before: pd.DataFrame,
    after: pd.DataFrame,
    answered: Iterable[str],
    *,
    round_number: int,
    people: str,
) -> pd.DataFrame:
    """Return the rows of a round for the table of changes: one for each label that changed.

    Args:
        before: RoundLabels before the round: clip_id, label.
        after: RoundLabels after it.
        answered: Clips for which somebody answered in the round.
        round_number: The round.
        people: Who answers, `people` or `simulated`.

    Returns:
        clip_id, round, old_label and new_label (null where there was or is none), reason (first,
        votes, posterior or dropped) and decided_by (people, simulated or machine), by clip_id.
    """
    joined = before[["clip_id", "label"]].merge(
        after[["clip_id", "label"]], on="clip_id", how="outer", suffixes=("_old", "_new")
    )
    old, new = joined["label_old"], joined["label_new"]
    changed = joined[~((old == new) | (old.isna() & new.isna()))].copy()
    by_people = changed["clip_id"].isin(list(answered))
    reason = np.where(by_people, "votes", "posterior")
    reason = np.where(changed["label_old"].isna(), "first", reason)
    reason = np.where(changed["label_new"].isna(), "dropped", reason)
    changed = changed.rename(columns={"label_old": "old_label", "label_new": "new_label"})
    changed["round"], changed["reason"] = round_number, reason
    changed["decided_by"] = np.where(by_people, people, "machine")
    return changed[list(HISTORY_COLUMNS)].sort_values("clip_id").reset_index(drop=True)
