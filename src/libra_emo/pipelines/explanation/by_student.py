"""Explanations by a trained student."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from libra_emo.explanations.by_model import ExplanationTables
from libra_emo.explanations.cue_writer import ExplanationError
from libra_emo.explanations.model_writer import LabelledClip
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.explanations.student_writer import check_answers
from libra_emo.media.shards import ShardReader
from libra_emo.students import load_student
from libra_emo.students.multimodal.student import MultimodalStudent
from libra_emo.taxonomy import Taxonomy


def explain_by_student(
    clips: Sequence[LabelledClip],
    features: pd.DataFrame,
    clip_shards: ShardReader,
    taxonomy: Taxonomy,
    explanation: ExplanationOptions,
) -> ExplanationTables:
    """Return a text for each clip by the student in the writer's folder.

    Args:
        clips: Clips with their labels.
        features: `Features` of at least these clips.
        clip_shards: Frames and sound of the clips.
        taxonomy: Taxonomy of the labels.
        explanation: Options that name the student's folder.

    Raises:
        ExplanationError: If the student in the folder cannot write.
        StudentError: If it cannot be loaded, or was not trained on explanations.
    """
    writer = explanation.writer
    student = load_student(writer.path or Path())
    if not isinstance(student, MultimodalStudent):
        raise ExplanationError(
            f"writer {writer.name!r}: {writer.path} holds a {student.kind} student, which writes "
            "no text; name the folder of a multimodal one"
        )
    label_of = {clip.clip_id: clip.label for clip in clips}
    known = features.set_index("clip_id").loc[list(label_of)].reset_index()
    answers = student.generate_answers(known, clip_shards, label_of=label_of)
    informed = writer.model_copy(update={"modalities": student.modalities})
    options = explanation.model_copy(update={"writer": informed})
    return check_answers(clips, answers, student.request(), taxonomy, options)
