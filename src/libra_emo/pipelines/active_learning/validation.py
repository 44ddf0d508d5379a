"""What judges the student of a round: validation clips, or the bench where there are none."""

from __future__ import annotations

import pandas as pd

from libra_emo.evaluation.intervals import match_answers, score_with_intervals
from libra_emo.evaluation.statistics.bootstrap import Gain, bootstrap_gain
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.active_learning.options import Score
from libra_emo.schemas import JudgedClips, check, empty
from libra_emo.students import Student
from libra_emo.taxonomy import Taxonomy


def score_on(
    student: Student,
    labels: pd.DataFrame,
    features: pd.DataFrame,
    taxonomy: Taxonomy,
    clip_shards: ShardReader,
) -> tuple[dict[str, float], pd.DataFrame]:
    """Return a student's scores on labelled clips with intervals, and JudgedClips of its answers.

    Args:
        student: The student.
        labels: RoundLabels of validation or bench.
        features: Features of every clip.
        taxonomy: The emotions.
        clip_shards: Frames and sound, for a student that reads them.
    """
    ordered = labels.sort_values("clip_id")
    seen = features[features["clip_id"].isin(ordered["clip_id"])]
    answers = ordered[["clip_id", "label"]].merge(
        student.predict(seen, clips=clip_shards), on="clip_id", how="left"
    )
    films = answers["clip_id"].map(features.set_index("clip_id")["source_id"])
    scores = score_with_intervals(answers["label"], answers["predicted"], films, taxonomy)
    judged = answers[["clip_id", "label", "predicted"]].assign(source_id=films, best=None)
    return scores, check(judged, JudgedClips)


def measure_gain(judged: pd.DataFrame, score: Score, taxonomy: Taxonomy, seed: int) -> Gain | None:
    """Return by how much a student is better than the best before; None without either.

    Args:
        judged: JudgedClips of the student, with the answers of the best one before.
        score: The score that decides.
        taxonomy: The emotions.
        seed: Seed of the bootstrap.
    """
    if not len(judged) or judged["best"].isna().all():
        return None
    answers = [judged["best"].tolist(), judged["predicted"].tolist()]
    films = judged["source_id"].tolist()
    matrix = match_answers(judged["label"].tolist(), answers, films, taxonomy)
    return bootstrap_gain(matrix, score, seed)


def take_best(judged: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """Return JudgedClips with the answers of the best student before, by clip."""
    if before is None or not len(before):
        return judged
    known = before.set_index("clip_id")["best"]
    return check(judged.assign(best=judged["clip_id"].map(known)), JudgedClips)


def leave_best(judged: pd.DataFrame, *, rises: bool) -> pd.DataFrame:
    """Return JudgedClips as the next round reads them: with the answers of the best so far."""
    return check(judged.assign(best=judged["predicted"]), JudgedClips) if rises else judged


def nothing_judged() -> pd.DataFrame:
    """Return JudgedClips of a round whose student the bench judged, or nobody."""
    return empty(JudgedClips)
