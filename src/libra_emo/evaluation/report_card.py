"""The voters' report card: how accurate each voter is on the bench, and which make the same errors.

The input is one table of answers with a row per voter and bench clip: voter, clip_id, truth,
source_id (the film), predicted (null if the answer does not count), status, cost_usd and seconds
(null for cue voters).
The vote of all is in it like a voter, under its own name.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from libra_emo.evaluation.intervals import compare_pair, score_with_intervals, wilson_interval
from libra_emo.evaluation.metrics import EvaluationError, per_class
from libra_emo.schemas import VOTE_STATUSES
from libra_emo.taxonomy import Taxonomy

COLUMNS = ("voter", "clip_id", "source_id", "truth", "predicted", "status", "cost_usd", "seconds")
SCORES = ("accuracy", "weighted_f1", "macro_f1")


def score_voters(
    answers: pd.DataFrame, vote: str, taxonomy: Taxonomy, seed: int, permutations: int
) -> pd.DataFrame:
    """Return one row per voter, in the order of the answers.

    The columns are:

    - voter and n, the number of clips;
    - accuracy, weighted_f1 (the F1 of the paper's Table 4) and macro_f1, each with `<score>_low`
      and `<score>_high` (95 % interval, clustered by film); an answer that does not count is wrong;
    - answered, the number of answers that count, and answered_accuracy, the share of these that is
      correct, with its 95 % Wilson interval;
    - only_voter and only_vote, the clips that only the voter or only the vote has correct, and
      p_value of a test that flips the signs of the films' differences;
    - status_<status>, the number of answers with each status;
    - cost_usd in total, cost_usd_per_clip and seconds_per_clip, where they are known.

    Args:
        answers: Table of answers, see the module.
        vote: Name of the vote in that table.
        taxonomy: The emotions.
        seed: Seed of the sign flips.
        permutations: Number of sign flips.

    Raises:
        EvaluationError: If the voters were not all asked about the same clips.
    """
    by_voter = split_voters(answers)
    if vote not in by_voter:
        raise EvaluationError(f"{vote!r} is not among the voters {', '.join(by_voter)}")
    rows = []
    for voter, table in by_voter.items():
        films = table["source_id"]
        scores = score_with_intervals(table["truth"], table["predicted"], films, taxonomy)
        row: dict[str, Any] = {"voter": voter, "n": len(table)}
        for score in SCORES:
            row |= {name: scores[name] for name in (score, f"{score}_low", f"{score}_high")}
        row |= _answered_accuracy(table)
        test = compare_pair(
            table["truth"],
            table["predicted"],
            by_voter[vote]["predicted"],
            films,
            taxonomy,
            seed,
            permutations,
        )
        row |= {"only_voter": test.only_first, "only_vote": test.only_second}
        row["p_value"] = float("nan") if voter == vote else test.p_value
        counts = table["status"].value_counts()
        row |= {f"status_{status}": int(counts.get(status, 0)) for status in VOTE_STATUSES}
        row["cost_usd"] = table["cost_usd"].sum(min_count=1)
        row["cost_usd_per_clip"] = table["cost_usd"].mean()
        row["seconds_per_clip"] = table["seconds"].mean()
        rows.append(row)
    return pd.DataFrame(rows)


def recall_by_class(answers: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return one row per voter and label: truths, hits, recall with its 95 % Wilson interval.

    The recall of a label without clips is NaN.
    """
    rows = []
    for voter, table in split_voters(answers).items():
        for row in per_class(table["truth"], table["predicted"], taxonomy).to_dict("records"):
            low, high = wilson_interval(int(row["hits"]), int(row["truths"]))
            recall = {name: row[name] for name in ("label", "truths", "hits", "recall")}
            rows.append({"voter": voter, **recall, "recall_low": low, "recall_high": high})
    return pd.DataFrame(rows)


def compare_errors(answers: pd.DataFrame, vote: str, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return one row per pair of voters: how often both are wrong, and wrong with the same label.

    Only clips to which both voters gave a label count. The expected numbers are those of two
    independent voters which, among the clips of each true label, give each label as often as these
    two do. So a label that is difficult for every voter does not make errors look dependent.

    Returns:
        first, second, n, wrong_first, wrong_second, both_wrong, both_wrong_expected, alike (both
        wrong with the same label), alike_expected, alike_share (of n) with its 95 % Wilson interval
        alike_low and alike_high.
    """
    voters = {name: table for name, table in split_voters(answers).items() if name != vote}
    rows = []
    for first, second in combinations(voters, 2):
        table = voters[first][["truth", "predicted"]].rename(columns={"predicted": "one"})
        table = table.assign(other=voters[second]["predicted"]).dropna()
        rows.append({"first": first, "second": second, **_errors(table, taxonomy)})
    return pd.DataFrame(rows, columns=["first", "second", *_errors(_no_clips(), taxonomy)])


def summarise_card(
    scores: pd.DataFrame, recall: pd.DataFrame, pairs: pd.DataFrame, labelled_by: Sequence[str]
) -> dict[str, Any]:
    """Return the report card as one report with voters, recall and pairs.

    Args:
        scores: Table of `score_voters`.
        recall: Table of `recall_by_class`.
        pairs: Table of `compare_errors`.
        labelled_by: Origins of the bench's labels.
    """
    by_class = {
        str(voter): dict(zip(table["label"], table["recall"], strict=True))
        for voter, table in recall.groupby("voter", sort=False)
    }
    return {
        "bench_labelled_by": sorted(set(labelled_by)),
        "voters": {row.pop("voter"): row for row in scores.to_dict("records")},
        "recall": by_class,
        "pairs": pairs.to_dict("records"),
    }


def split_voters(answers: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return each voter's answers by clip, in the order in which the voters first appear.

    Raises:
        EvaluationError: If a column is missing, or a voter lacks a clip or has it twice.
    """
    missing = [name for name in COLUMNS if name not in answers.columns]
    if missing:
        raise EvaluationError(f"the answers lack the column {missing[0]}")
    by_voter = {
        str(voter): table.sort_values("clip_id").set_index("clip_id")
        for voter, table in answers.groupby("voter", sort=False)
    }
    clips = sorted(set(answers["clip_id"]))
    for voter, table in by_voter.items():
        if list(table.index) != clips:
            raise EvaluationError(
                f"voter {voter!r} has {len(table)} answers for {len(clips)} bench clips, but each "
                "clip needs exactly one; run `kedro run --pipeline voting` again"
            )
    return by_voter


def _answered_accuracy(table: pd.DataFrame) -> dict[str, Any]:
    answered = table[table["predicted"].notna()]
    correct = int((answered["predicted"] == answered["truth"]).sum())
    low, high = wilson_interval(correct, len(answered))
    return {
        "answered": len(answered),
        "answered_accuracy": correct / len(answered) if len(answered) else float("nan"),
        "answered_accuracy_low": low,
        "answered_accuracy_high": high,
    }


def _errors(table: pd.DataFrame, taxonomy: Taxonomy) -> dict[str, Any]:
    truth, one, other = (table[name].to_numpy() for name in ("truth", "one", "other"))
    both = (one != truth) & (other != truth)
    alike = both & (one == other)
    expected_both, expected_alike = _expected(truth, one, other, taxonomy)
    low, high = wilson_interval(int(alike.sum()), len(table))
    return {
        "n": len(table),
        "wrong_first": int((one != truth).sum()),
        "wrong_second": int((other != truth).sum()),
        "both_wrong": int(both.sum()),
        "both_wrong_expected": expected_both,
        "alike": int(alike.sum()),
        "alike_expected": expected_alike,
        "alike_share": float(alike.mean()) if len(table) else float("nan"),
        "alike_low": low,
        "alike_high": high,
    }


def _expected(
    truth: np.ndarray, one: np.ndarray, other: np.ndarray, taxonomy: Taxonomy
) -> tuple[float, float]:
    """Return the expected clips that both have wrong, and wrong with the same label."""
    both = alike = 0.0
    for label in taxonomy.labels:
        here = truth == label
        size = int(here.sum())
        if not size:
            continue
        wrong = [name for name in taxonomy.labels if name != label]
        first = np.array([(one[here] == name).sum() for name in wrong])
        second = np.array([(other[here] == name).sum() for name in wrong])
        both += first.sum() * second.sum() / size
        alike += float(first @ second) / size
    return float(both), float(alike)


def _no_clips() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="str") for name in ("truth", "one", "other")})
