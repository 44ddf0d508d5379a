"""Answers to the bench that a student writes out, read as a model's replies are."""

from __future__ import annotations

import pandas as pd

from libra_emo.evaluation.metrics import EvaluationError
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import ReplyReader
from libra_emo.media.shards import ShardReader
from libra_emo.students import Student
from libra_emo.students.multimodal.student import MultimodalStudent


def predict_in_words(
    name: str,
    student: Student,
    bench_clips: pd.DataFrame,
    clip_shards: ShardReader,
    modalities: str | None = None,
) -> pd.DataFrame:
    """Return clip_id, predicted (null where an answer names no label) and the raw reply.

    Args:
        name: The model's, for an error.
        student: Who answers.
        bench_clips: `Features` of the bench.
        clip_shards: Frames and sound.
        modalities: What the student is shown of a clip; all that it learnt from by default.

    Raises:
        EvaluationError: If the student writes nothing.
    """
    if not isinstance(student, MultimodalStudent):
        raise EvaluationError(
            f"evaluation.models: {name!r} has `written`, and a {student.kind} student writes no "
            "answers; leave it out"
        )
    table = bench_clips.sort_values("clip_id", ignore_index=True)
    answers = student.write_answers(table, clip_shards, modalities)
    reader = ReplyReader(Lexicon(student.taxonomy), form="lines", prose=False)
    # a label counts although its explanation was cut
    read = [reader.read(answer.text).label for answer in answers]
    return pd.DataFrame(
        {
            "clip_id": table["clip_id"],
            "predicted": pd.Series(read, dtype="str"),
            "reply": pd.Series([answer.text for answer in answers], dtype="str"),
        }
    )
