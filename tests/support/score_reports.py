"""Drawn answers to a small bench in films, and the reports on them."""

import numpy as np
import pandas as pd

from libra_emo.evaluation.answers.answer_file import AnswerFile, RawAnswer
from libra_emo.evaluation.answers.matching import AnswerReader
from libra_emo.evaluation.scoring.score import score_answers
from support.evaluation_sets import TAXONOMY, make_set


def draw_bench(seed=1, clips=195, films=12, name="mine"):
    """Return a bench of all labels in films."""
    generator = np.random.default_rng(seed)
    labels = [TAXONOMY.labels[place % 13] for place in range(clips)]
    return make_set(labels, [f"film {n}" for n in generator.integers(films, size=clips)], name=name)


def draw_labels(clips, accuracy, seed):
    """Return one model's labels, right by chance."""
    generator = np.random.default_rng(seed)
    names = clips.classes.names
    wrong = generator.integers(1, len(names), size=len(clips))
    right = generator.random(len(clips)) < accuracy
    places = np.where(right, clips.truth, (np.array(clips.truth) + wrong) % len(names))
    return [names[place] for place in places]


def write_answers(path, clips, labels):
    """Write a table of labels; `None` leaves a clip out."""
    rows = [
        (clip, label)
        for clip, label in zip(clips.clip_ids, labels, strict=True)
        if label is not None
    ]
    pd.DataFrame(rows, columns=["clip_id", "predicted"]).to_csv(path, index=False)
    return path


def match_labels(clips, labels, path, model="model", modalities="", probabilities=None):
    """Return labels as a model's answers; an empty one could not be read, `None` is missing."""
    rows = tuple(
        RawAnswer(clip, label or None)
        for clip, label in zip(clips.clip_ids, labels, strict=True)
        if label is not None
    )
    file = AnswerFile(model, modalities, path, rows, True, probabilities)
    return AnswerReader(clips, TAXONOMY).match(file)


def make_report(tmp_path, accuracies=(0.3, 0.7, 0.65), clips=None, **more):
    """Return the report on some models of given accuracies."""
    clips = clips or draw_bench()
    answers = [
        match_labels(clips, draw_labels(clips, accuracy, seed), tmp_path / "a.csv", f"m{seed}")
        for seed, accuracy in enumerate(accuracies)
    ]
    return score_answers(clips, answers, seed=1, draws=2000, **more)
