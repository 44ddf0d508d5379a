"""MELD and CREMA-D by the tables that their owners publish."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from libra_emo.evaluation.sets.evaluation_set import OwnersClips, left_out_rows
from libra_emo.evaluation.sets.set_classes import SetClasses, SetError
from libra_emo.evaluation.sets.tables import find_column, find_file, need_column, read_table

MELD_FILES = (
    "test_sent_emo.csv",
    "data/MELD/test_sent_emo.csv",
    "MELD.Raw/test_sent_emo.csv",
)
CREMA_D_FILES = (
    "processedResults/summaryTable.csv",
    "summaryTable.csv",
    "SentenceFilenames.csv",
)
TIED = "the raters' vote is tied"


def read_meld(path: Path, fold: int | None, classes: SetClasses) -> OwnersClips:
    """Return the test utterances of MELD; the episodes are the films.

    Args:
        path: Folder or table of the owners.
        fold: None; MELD has no folds.
        classes: The set's classes.

    Raises:
        SetError: If there is no such table, or a column is missing.
    """
    _refuse_fold(fold, classes)
    file = find_file(path, MELD_FILES, classes.title)
    table = read_table(file)
    dialogue, utterance, season, episode, emotion = (
        table[need_column(table, (name,), file, f"`{name}`")]
        for name in ("Dialogue_ID", "Utterance_ID", "Season", "Episode", "Emotion")
    )
    clips = pd.DataFrame(
        {
            "clip_id": "dia" + dialogue + "_utt" + utterance,
            "label": emotion,
            "film": "season " + season + ", episode " + episode,
        }
    )
    return OwnersClips(clips, left_out_rows([], ""), file)


def read_crema_d(path: Path, fold: int | None, classes: SetClasses) -> OwnersClips:
    """Return the clips of CREMA-D; the actors are the films.

    In `summaryTable.csv` the truth is what the raters voted for who saw and heard the clip, and
    clips with a tied vote are left out. In `SentenceFilenames.csv` it is what the actor was asked
    to show.

    The arguments are those of `read_meld`.
    """
    _refuse_fold(fold, classes)
    file = find_file(path, CREMA_D_FILES, classes.title)
    table = read_table(file)
    ids = table[need_column(table, ("FileName",), file, "the clips' ids")]
    vote = find_column(table, ("MultiModalVote",))
    truth = table[vote] if vote is not None else ids.str.split("_").str[2]
    tied = truth.str.contains(":", regex=False, na=False)
    clips = pd.DataFrame({"clip_id": ids, "label": truth, "film": "actor " + ids.str[:4]})
    left_out = left_out_rows(ids[tied].tolist(), TIED)
    return OwnersClips(clips[~tied].reset_index(drop=True), left_out, file)


def _refuse_fold(fold: int | None, classes: SetClasses) -> None:
    if fold is not None:
        raise SetError(f"{classes.title} has no folds; leave --fold out")
