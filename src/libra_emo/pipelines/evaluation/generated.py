"""Predictions read from the answers that a student generates, as the replies of LLMs are read."""

from __future__ import annotations

import pandas as pd

from libra_emo.evaluation.metrics import EvaluationError
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import ReplyReader
from libra_emo.media.shards import ShardReader
from libra_emo.students import Student
from libra_emo.students.multimodal.student import MultimodalStudent


def predict_by_generation(
    name: str,
    student: Student,
    bench_clips: pd.DataFrame,
    clip_shards: ShardReader,
    modalities: str | None = None,
) -> pd.DataFrame:
    """Return clip_id, predicted (null where an answer names no label) and the raw reply.

    Args:
        name: Name of the evaluated model, for error messages.
        student: Student that answers.
        bench_clips: Features of the bench's clips.
        clip_shards: Reader of frames and sound.
        modalities: Modalities that the student is shown; by default all that it was trained on.

    Raises:
        EvaluationError: If the student cannot generate answers.
    """
    if not isinstance(student, MultimodalStudent):
        raise EvaluationError(
            f"evaluation.models: {name!r} has `generate_answers`, but a {student.kind} student "
            "generates no answers; leave the option out"
        )
    table = bench_clips.sort_values("clip_id", ignore_index=True)
    answers = student.generate_answers(table, clip_shards, modalities)
    reader = ReplyReader(Lexicon(student.taxonomy), form="lines", prose=False)
    # the label counts even if the explanation after it was cut off
    read = [reader.read(answer.text).label for answer in answers]
    return pd.DataFrame(
        {
            "clip_id": table["clip_id"],
            "predicted": pd.Series(read, dtype="str"),
            "reply": pd.Series([answer.text for answer in answers], dtype="str"),
        }
    )
