"""What happens in the training: the examples, and the student that learns."""

from __future__ import annotations

from typing import Any

import pandas as pd

from libra_emo.students import Student, TrainingOptions, build_student
from libra_emo.students.conversations import check_pool, write_conversation_rows
from libra_emo.taxonomy import Taxonomy


def write_conversations(
    labels: pd.DataFrame,
    pool: pd.DataFrame,
    explanations: pd.DataFrame,
    taxonomy: Taxonomy,
    training: TrainingOptions,
) -> list[dict[str, Any]]:
    """Return the training examples in the form of conversations, one a labelled clip."""
    return write_conversation_rows(
        labels,
        pool,
        explanations,
        taxonomy,
        with_explanations=training.with_explanations,
        prompt_file=training.prompt_file,
    )


def train_model(
    features: pd.DataFrame,
    labels: pd.DataFrame,
    pool: pd.DataFrame,
    taxonomy: Taxonomy,
    student: str,
    training: TrainingOptions,
    seed: int,
) -> Student:
    """Return the student trained on the final labels, which are all of pool clips.

    Raises:
        StudentError: If a labelled clip is not in the pool, or the labels cannot be learnt from.
    """
    check_pool(labels, pool)
    untrained = build_student(student, taxonomy, training)
    return untrained.fit(features, labels, seed, training.modalities)
