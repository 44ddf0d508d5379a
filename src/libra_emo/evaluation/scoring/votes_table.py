"""The votes of people for the clips of a set, from the table of a campaign."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from libra_emo.evaluation.answers.answer_file import AnswerError
from libra_emo.evaluation.sets.evaluation_set import EvaluationSet
from libra_emo.evaluation.sets.tables import CLIP_COLUMNS, need_column, read_table
from libra_emo.evaluation.statistics.answer_matrix import number_films
from libra_emo.evaluation.statistics.votes import Votes
from libra_emo.taxonomy import Taxonomy

ANNOTATOR_COLUMNS = ("annotator", "annotator_id", "rater", "localid", "worker")
VOTE_COLUMNS = ("label", "vote", "emotion", "respEmo")


def read_votes(path: Path, clips: EvaluationSet, taxonomy: Taxonomy) -> Votes:
    """Return people's votes for the clips of a set; votes for other clips are passed over.

    A vote for none of the labels (`other`) counts as no vote.

    Args:
        path: Table with an id, an annotator and a label in each row.
        clips: The set.
        taxonomy: The labels, and the answer for none of them.

    Raises:
        AnswerError: If a label is unknown, somebody votes twice, or no clip is of the set.
        SetError: If a column is missing.
    """
    table = read_table(path)
    clip, person, label = (
        need_column(table, names, path, holds)
        for names, holds in (
            (CLIP_COLUMNS, "the clips' ids"),
            (ANNOTATOR_COLUMNS, "the annotators"),
            (VOTE_COLUMNS, "the votes"),
        )
    )
    places = [clips.place(str(value)) for value in table[clip]]
    inside = [place is not None for place in places]
    rows = table[inside]
    if rows.empty:
        raise AnswerError(f"{path}: none of the votes is for a clip of {clips.name}")
    people, columns = np.unique(rows[person].astype("str"), return_inverse=True)
    labels = np.full((len(clips), len(people)), -1, dtype=np.int64)
    chosen = np.array([place for place in places if place is not None])
    if pd.DataFrame({"clip": chosen, "person": columns}).duplicated().any():
        raise AnswerError(f"{path}: somebody has two votes for one clip; keep one")
    labels[chosen, columns] = [
        _place(value, clips, taxonomy, path) for value in rows[label].tolist()
    ]
    return Votes(labels, len(clips.classes.names), number_films(clips.film))


def _place(value: object, clips: EvaluationSet, taxonomy: Taxonomy, path: Path) -> int:
    text = "" if pd.isna(value) else str(value).strip()  # type: ignore[call-overload]
    if not text or text.casefold() == taxonomy.other.casefold():
        return -1
    place = clips.classes.place_of_truth(text)
    if place is None and text.casefold() not in {each.casefold() for each in taxonomy.labels}:
        raise AnswerError(f"{path}: {text!r} is no class of {clips.name} and no label")
    return -1 if place is None else place
