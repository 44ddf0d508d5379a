"""Nodes of the training: the labels, the examples, and the student that learns them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.person_meant import DEFAULT_PERSON, PersonMeant
from libra_emo.leakage.gate import refuse_leaks
from libra_emo.llm.request.prompts import read_prompt
from libra_emo.media.shards import ShardReader
from libra_emo.students import Student, StudentError, TrainingOptions, fit_student
from libra_emo.students.conversations import check_pool, write_conversation_rows
from libra_emo.students.subsets import take_share
from libra_emo.taxonomy import Taxonomy


def choose_training_labels(
    training: TrainingOptions, seed: int, labels: pd.DataFrame, *rounds: pd.DataFrame
) -> pd.DataFrame:
    """Return the labels that the last student learns: of a round or the final ones, or a share.

    Args:
        training: Options that name the round and the share.
        seed: Seed of the share.
        labels: `RoundLabels`, the final ones.
        rounds: `RoundLabels` of every round, round 0 first.

    Raises:
        StudentError: If there is no such round.
    """
    number = training.label_round
    if number is not None and number >= len(rounds):
        raise StudentError(
            f"training.label_round: there is no round {number}; the last one is {len(rounds) - 1}"
        )
    chosen = labels if number is None else rounds[number]
    return take_share(chosen, training.data_fraction, seed)


def write_conversations(
    labels: pd.DataFrame,
    pool: pd.DataFrame,
    explanations: pd.DataFrame,
    taxonomy: Taxonomy,
    training: TrainingOptions,
    person_meant: PersonMeant = DEFAULT_PERSON,
) -> list[dict[str, Any]]:
    """Return the training examples as conversations, one a labelled clip.

    They name a sound only if the model in `training.multimodal` takes any.
    """
    from libra_emo.students.multimodal.families import expect_modalities

    prompt = read_prompt(training.prompt_file, "training.prompt_file")
    return write_conversation_rows(
        labels,
        pool,
        explanations,
        taxonomy,
        prompt.with_values(person_meant=person_meant),
        with_explanations=training.with_explanations,
        modalities=expect_modalities(training.modalities, training.multimodal),
    )


def train_model(
    features: pd.DataFrame,
    labels: pd.DataFrame,
    leaks: pd.DataFrame,
    pool: pd.DataFrame,
    conversations: list[dict[str, Any]],
    clip_shards: ShardReader,
    training_folder: Path,
    taxonomy: Taxonomy,
    student: str,
    training: TrainingOptions,
    seed: int,
    person_meant: PersonMeant = DEFAULT_PERSON,
) -> Student:
    """Return the student trained on the final labels, which are all of pool clips.

    A multimodal student learns the conversations with their explanations, the classical one the
    labels.

    Raises:
        DryRun: If a dry run is set; the message describes the training.
        LeakError: If a clip shows what a clip of the bench shows.
        StudentError: If a labelled clip is not in the pool, or the labels cannot be learnt.
    """
    check_pool(labels, pool)
    refuse_leaks(labels["clip_id"], leaks)
    return fit_student(
        student,
        taxonomy,
        training,
        features,
        labels,
        seed,
        clip_shards,
        training_folder,
        conversations,
        person_meant,
    )
