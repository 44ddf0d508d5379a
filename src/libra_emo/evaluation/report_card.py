"""The voters' report card: how right each is on the bench, and whether they err alike.

Everything starts from one table of answers, a row a voter and bench clip: voter, clip_id, truth,
predicted (null where the answer does not count), status, cost_usd and seconds (null where nothing
was paid). The vote is one voter more, under its own name.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from libra_emo.evaluation.intervals import mcnemar, score_with_intervals, wilson_interval
from libra_emo.evaluation.metrics import EvaluationError, per_class
from libra_emo.schemas import VOTE_STATUSES
from libra_emo.taxonomy import Taxonomy

COLUMNS = ("voter", "clip_id", "truth", "predicted", "status", "cost_usd", "seconds")
SCORES = ("accuracy", "weighted_f1", "macro_f1")


def score_voters(
    answers: pd.DataFrame, vote: str, taxonomy: Taxonomy, seed: int, resamples: int
) -> pd.DataFrame:
    """Return a row a voter, in the order of the answers.

    Columns: voter, n, accuracy, weighted_f1 (the F1 of the paper's Table 4) and macro_f1, each with
    `<score>_low` and `<score>_high` (95 % bootstrap) and an answer that does not count as wrong;
    answered, how many count, and answered_accuracy, how many of those are right, with its 95 %
    Wilson interval; only_voter and only_vote, the clips that one of voter and vote alone has
    right, and p_value of McNemar's exact test; a column `status_<status>` for each status; cost_usd
    in all, cost_usd_per_clip and seconds_per_clip over the clips where they are known.

    Args:
        answers: As the module says.
        vote: The name under which the vote is among them.
        taxonomy: Gives the labels.
        seed: Of the bootstrap; the same clips are drawn for every voter.
        resamples: How often they are drawn.

    Raises:
        EvaluationError: If the voters were not all asked about the same clips.
    """
    by_voter = split_voters(answers)
    if vote not in by_voter:
        raise EvaluationError(f"{vote!r} is not among the voters {', '.join(by_voter)}")
    rows = []
    for voter, mine in by_voter.items():
        found = score_with_intervals(mine["truth"], mine["predicted"], taxonomy, seed, resamples)
        row: dict[str, Any] = {"voter": voter, "n": len(mine)}
        for score in SCORES:
            row |= {name: found[name] for name in (score, f"{score}_low", f"{score}_high")}
        row |= _of_the_answered(mine)
        test = mcnemar(mine["truth"], mine["predicted"], by_voter[vote]["predicted"], taxonomy)
        row |= {"only_voter": test.only_first, "only_vote": test.only_second}
        row["p_value"] = float("nan") if voter == vote else test.p_value
        counts = mine["status"].value_counts()
        row |= {f"status_{status}": int(counts.get(status, 0)) for status in VOTE_STATUSES}
        row["cost_usd"] = mine["cost_usd"].sum(min_count=1)
        row["cost_usd_per_clip"] = mine["cost_usd"].mean()
        row["seconds_per_clip"] = mine["seconds"].mean()
        rows.append(row)
    return pd.DataFrame(rows)


def recall_by_class(answers: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return a row a voter and label: truths, hits, recall with its 95 % Wilson interval.

    A label without a clip has a recall that is not known.
    """
    rows = []
    for voter, mine in split_voters(answers).items():
        for row in per_class(mine["truth"], mine["predicted"], taxonomy).to_dict("records"):
            low, high = wilson_interval(int(row["hits"]), int(row["truths"]))
            told = {name: row[name] for name in ("label", "truths", "hits", "recall")}
            rows.append({"voter": voter, **told, "recall_low": low, "recall_high": high})
    return pd.DataFrame(rows)


def compare_errors(answers: pd.DataFrame, vote: str, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return a row a pair of voters: how often both are wrong, and wrong alike.

    Only clips count on which both gave a label. Expected is what two voters would give with the
    same errors that know nothing of each other: among the clips of each true label, each label as
    often as each of them gives it there. So a label that is hard for everybody does not count as
    erring alike.

    Returns:
        first, second, n, wrong_first, wrong_second, both_wrong, both_wrong_expected, alike (both
        wrong with the same label), alike_expected, alike_share (of n) with its 95 % Wilson interval
        alike_low and alike_high.
    """
    voters = {name: mine for name, mine in split_voters(answers).items() if name != vote}
    rows = []
    for first, second in combinations(voters, 2):
        table = voters[first][["truth", "predicted"]].rename(columns={"predicted": "one"})
        table = table.assign(other=voters[second]["predicted"]).dropna()
        rows.append({"first": first, "second": second, **_errors(table, taxonomy)})
    return pd.DataFrame(rows, columns=["first", "second", *_errors(_no_clips(), taxonomy)])


def summarise_card(
    scores: pd.DataFrame, recall: pd.DataFrame, pairs: pd.DataFrame, labelled_by: Sequence[str]
) -> dict[str, Any]:
    """Return the report card as one report: a mapping for voters, recall and pairs.

    Args:
        scores: As `score_voters` gives them.
        recall: As `recall_by_class` does.
        pairs: As `compare_errors` does.
        labelled_by: Who decided the bench's labels: origins, each once.
    """
    by_class = {
        str(voter): dict(zip(mine["label"], mine["recall"], strict=True))
        for voter, mine in recall.groupby("voter", sort=False)
    }
    return {
        "bench_labelled_by": sorted(set(labelled_by)),
        "voters": {row.pop("voter"): row for row in scores.to_dict("records")},
        "recall": by_class,
        "pairs": pairs.to_dict("records"),
    }


def split_voters(answers: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return each voter's answers by clip, in the order in which the voters come first.

    Raises:
        EvaluationError: If a column is missing, or the voters have not the same clips once.
    """
    missing = [name for name in COLUMNS if name not in answers.columns]
    if missing:
        raise EvaluationError(f"the answers lack the column {missing[0]}")
    found = {
        str(voter): mine.sort_values("clip_id").set_index("clip_id")
        for voter, mine in answers.groupby("voter", sort=False)
    }
    clips = sorted(set(answers["clip_id"]))
    for voter, mine in found.items():
        if list(mine.index) != clips:
            raise EvaluationError(
                f"voter {voter!r} has {len(mine)} answers for {len(clips)} bench clips; each needs "
                "exactly one, run voting again"
            )
    return found


def _of_the_answered(mine: pd.DataFrame) -> dict[str, Any]:
    answered = mine[mine["predicted"].notna()]
    right = int((answered["predicted"] == answered["truth"]).sum())
    low, high = wilson_interval(right, len(answered))
    return {
        "answered": len(answered),
        "answered_accuracy": right / len(answered) if len(answered) else float("nan"),
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
    """Return how many clips both would have wrong, and wrong alike, erring independently."""
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
