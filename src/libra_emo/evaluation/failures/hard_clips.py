"""Clips that no model gets, and clips on which models agree against the label."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

ALL_WRONG, AGREE_AGAINST = "all_wrong", "agree_against"
COLUMNS = (
    *("clip_id", "source_id", "truth", "models", "right", "answer", "agreeing"),
    *(ALL_WRONG, AGREE_AGAINST),
)
FEWEST = 2  # models that must agree against a label


def find_hard_clips(
    bench_predictions: pd.DataFrame, dependent: Collection[str] = ()
) -> pd.DataFrame:
    """Return the clips whose label a person should look at again.

    A model that was evaluated with several sets of modalities counts once, with the largest. The
    label of a clip on which the models agree against it may be wrong; where all are wrong without
    agreeing, the clip is difficult or ambiguous.

    Args:
        bench_predictions: BenchPredictions.
        dependent: Models that only repeat what others say, such as a vote; they do not count.

    Returns:
        clip_id, source_id, truth; models, their number; right, how many give the label; answer, the
        other label that most models give (null if none gives one) and agreeing, how many do;
        all_wrong, whether no model gives the label; agree_against, whether more than half of the
        models, and two at least, give the same other label. Sorted by agreeing, most first.
    """
    counted = bench_predictions[~bench_predictions["model"].isin(list(dependent))]
    answers = fullest_answers(counted)
    rows = []
    for clip_id, table in answers.groupby("clip_id", sort=True):
        truth, given = table["truth"].iloc[0], table["predicted"].dropna()
        right = int((given == truth).sum())
        others = given[given != truth].value_counts()
        ranked = sorted(others.items(), key=lambda pair: (-pair[1], str(pair[0])))
        answer, agreeing = ranked[0] if ranked else (None, 0)
        against = agreeing >= FEWEST and agreeing > len(table) / 2
        film = table["source_id"].iloc[0]
        row = (clip_id, film, truth, len(table), right, answer, agreeing, right == 0, against)
        rows.append(row)
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    hard = found[found[ALL_WRONG] | found[AGREE_AGAINST]]
    return hard.sort_values(["agreeing", "clip_id"], ascending=[False, True], ignore_index=True)


def list_suspects(hard_clips: pd.DataFrame) -> pd.DataFrame:
    """Return the clips whose label may be wrong, as a campaign takes them that labels them again.

    Args:
        hard_clips: Table of `find_hard_clips`.

    Returns:
        clip_id, label (that the bench has), answer (on which the models agree), agreeing, models.
    """
    suspects = hard_clips[hard_clips[AGREE_AGAINST]].rename(columns={"truth": "label"})
    return suspects[["clip_id", "label", "answer", "agreeing", "models"]].reset_index(drop=True)


def fullest_answers(bench_predictions: pd.DataFrame) -> pd.DataFrame:
    """Return each model's rows with the set of modalities that has most of them."""
    sizes = bench_predictions["modalities"].str.len()
    largest = sizes.groupby(bench_predictions["model"]).transform("max")
    rows = bench_predictions[sizes == largest]
    return rows.drop_duplicates(["model", "clip_id"]).reset_index(drop=True)
