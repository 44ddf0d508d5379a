"""Accuracy on parts of the bench: by language, theme, length, faces, speaker and cues."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from libra_emo.evaluation.failures.hard_clips import fullest_answers
from libra_emo.evaluation.statistics.intervals import share_interval

COLUMNS = ("model", "slice", "value", "clips", "films", "accuracy", "low", "high")
LENGTHS_S = (0.0, 5.0, 7.0, float("inf"))
FACE = "a face during all the words"
MOUTH = "face_mouth_open_sd"
# Standard deviation of how wide the mouth is open, in distances between the eyes, from which on it
# moves. In real clips of 16 frames it was 0.005 for a closed mouth and 0.036 to 0.126 for speakers.
MOVES = 0.02
SPEAKER, NO_SPEAKER = "the mouth of the face moves", "the mouth of the face is still"
LENGTH_NAMES = ("under 5 s", "5 to 7 s", "7 s and more")


def score_slices(
    bench_predictions: pd.DataFrame,
    candidates: pd.DataFrame,
    sources: pd.DataFrame,
    features: pd.DataFrame,
) -> pd.DataFrame:
    """Return each model's accuracy on parts of the bench.

    Args:
        bench_predictions: BenchPredictions; a model with several sets of modalities counts with the
            largest.
        candidates: Candidates.
        sources: Sources, for the themes.
        features: Features, for the mouth of the face.

    Returns:
        model, slice (language, theme, length, faces, face_time, face_during_words, speaker, cue),
        value, clips, films, accuracy with its 95 % interval low and high, Wilson's on the effective
        number of clips. An unreadable answer is wrong. A slice has at least two values, otherwise
        it is left out.
    """
    clips = describe_clips(candidates, sources, features)
    answers = fullest_answers(bench_predictions).merge(clips, on="clip_id", how="left")
    rows: list[tuple[object, ...]] = []
    for model, table in answers.groupby("model", sort=False):
        for name in SLICES:
            known = table.dropna(subset=name)
            if known[name].nunique() > 1:
                rows += [
                    (model, name, value, *_score(part))
                    for value, part in known.groupby(name, sort=True)
                ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def describe_clips(
    candidates: pd.DataFrame, sources: pd.DataFrame, features: pd.DataFrame
) -> pd.DataFrame:
    """Return clip_id and the value of each slice; null where it is not known."""
    themes = sources.set_index("source_id")["theme"]
    clips = candidates.assign(theme=candidates["source_id"].map(themes))
    if MOUTH in features:
        clips[MOUTH] = clips["clip_id"].map(features.set_index("clip_id")[MOUTH])
    values = {name: slice_of(clips) for name, slice_of in SLICES.items()}
    return pd.DataFrame({"clip_id": clips["clip_id"], **values})


def _score(part: pd.DataFrame) -> tuple[int, int, float, float, float]:
    right = part["predicted"] == part["truth"]
    by_film = right.groupby(part["source_id"]).agg(["sum", "count"])
    hits, sizes = by_film["sum"].to_numpy(float), by_film["count"].to_numpy(float)
    interval = share_interval(hits, sizes)
    return len(part), len(by_film), interval.estimate, interval.low, interval.high


def _length(clips: pd.DataFrame) -> pd.Series:
    binned = pd.cut(clips["duration_s"], list(LENGTHS_S), labels=list(LENGTH_NAMES), right=False)
    return binned.astype("object")


def _faces(clips: pd.DataFrame) -> pd.Series:
    if "faces_most" not in clips:
        return pd.Series(None, index=clips.index, dtype="object")
    several = np.where(clips["faces_most"].fillna(1) > 1, "several faces", "one face")
    return pd.Series(several, index=clips.index).where(clips["faces_most"].notna())


def _face_time(clips: pd.DataFrame) -> pd.Series:
    always = np.where(clips["face_ratio"] < 1, "face in some frames", "face in all frames")
    return pd.Series(always, index=clips.index)


def _face_during_words(clips: pd.DataFrame) -> pd.Series:
    """Return whether a face is seen while the words are spoken; nobody looks for the speaker.

    The tables do not have the times of the words. Where every sampled frame has a face and the
    words lie within the clip, a face is seen during all of them. Words that go on beyond the clip
    are spoken in part without a picture.
    """
    if "cue_cut" not in clips:
        return pd.Series(None, index=clips.index, dtype="object")
    during = np.where(clips["face_ratio"] < 1, "perhaps no face during some words", FACE)
    found = pd.Series(during, index=clips.index, dtype="object")
    cut = clips["cue_cut"].astype("object")
    return found.mask(cut.eq(True), "words go on beyond the clip").where(cut.notna())


def _speaker(clips: pd.DataFrame) -> pd.Series:
    """Return whether the mouth of the largest face moves; every clip has words.

    Where it moves, the speaker is probably visible. Where it is still, somebody else speaks, who
    may be out of the picture. Nobody compares the mouth with the sound.
    """
    if MOUTH not in clips:
        return pd.Series(None, index=clips.index, dtype="object")
    moves = np.where(clips[MOUTH] >= MOVES, SPEAKER, NO_SPEAKER)
    return pd.Series(moves, index=clips.index, dtype="object").where(clips[MOUTH].notna())


def _cue(clips: pd.DataFrame) -> pd.Series:
    if "cue_cut" not in clips:
        return pd.Series(None, index=clips.index, dtype="object")
    names = {True: "words cut by the scene", False: "words whole"}
    return clips["cue_cut"].map(names).astype("object")


SLICES: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "language": lambda clips: clips["language"],
    "theme": lambda clips: clips["theme"],
    "length": _length,
    "faces": _faces,
    "face_time": _face_time,
    "face_during_words": _face_during_words,
    "speaker": _speaker,
    "cue": _cue,
}
