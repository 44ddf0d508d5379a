"""The votes of people for the clips of a set, from the table of a campaign."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from libra_emo.evaluation.answers.answer_file import AnswerError
from libra_emo.evaluation.sets.evaluation_set import EvaluationSet
from libra_emo.evaluation.sets.set_classes import list_label_names
from libra_emo.evaluation.sets.tables import CLIP_COLUMNS, list_texts, need_column, read_table
from libra_emo.evaluation.statistics.answer_matrix import number_films
from libra_emo.evaluation.statistics.votes import Votes
from libra_emo.taxonomy import Taxonomy, read_label_data

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
    places = [clips.place(value) for value in list_texts(table[clip], path)]
    inside = [place is not None for place in places]
    rows = table[inside]
    if rows.empty:
        raise AnswerError(f"{path}: none of the votes is for a clip of {clips.name}")
    people, columns = np.unique(list_texts(rows[person], path), return_inverse=True)
    labels = np.full((len(clips), len(people)), -1, dtype=np.int64)
    chosen = np.array([place for place in places if place is not None])
    if pd.DataFrame({"clip": chosen, "person": columns}).duplicated().any():
        raise AnswerError(f"{path}: somebody has two votes for one clip; keep one")
    reader = _VoteReader(clips, taxonomy, path)
    labels[chosen, columns] = [reader.place(text) for text in list_texts(rows[label], path)]
    return Votes(labels, len(clips.classes.names), number_films(clips.film))


class _VoteReader:
    """Finds the class that a vote names."""

    def __init__(self, clips: EvaluationSet, taxonomy: Taxonomy, path: Path) -> None:
        self._clips = clips
        self._path = path
        self._names = list_label_names(taxonomy)
        more = read_label_data("answer_names").get("other", [])
        self._none = {name.casefold() for name in ("", taxonomy.other, *more)}

    def place(self, text: str) -> int:
        """Return the place of a class, -1 for none of them."""
        folded = text.casefold()
        if folded in self._none:
            return -1
        ours = self._names.get(folded)
        places = [self._clips.classes.place_of_truth(name) for name in (text, ours or text)]
        if places == [None, None] and ours is None:
            raise AnswerError(
                f"{self._path}: {text!r} is no class of {self._clips.name} and no label"
            )
        return next((place for place in places if place is not None), -1)
