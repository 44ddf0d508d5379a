"""One training of a sweep, and its score on the bench."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.evaluation.intervals import score_with_intervals
from libra_emo.evaluation.sweeps.settings import Setting
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.sweep.results import SettingResult, digest_table
from libra_emo.pipelines.training.nodes import train_model, write_conversations
from libra_emo.students import Student, TrainingOptions
from libra_emo.students.subsets import take_share
from libra_emo.taxonomy import Taxonomy, coarsen


@dataclass(frozen=True)
class SweepInputs:
    """What all settings of a sweep share.

    Attributes:
        features: Features of every clip.
        labels: RoundLabels of the last round.
        rounds: RoundLabels of every round, round 0 first.
        bench_labels: RoundLabels of the bench.
        pool: Candidates that may be learnt.
        explanations: Explanations.
        leaks: Clips that show what the bench shows, see `find_leaks`.
        clip_shards: Frames and sound.
        training_folder: Folder for unfinished trainings.
        taxonomy: The emotions.
        student: Kind of the student.
        training: Options of the training.
        seed: Seed of everything random.
    """

    features: pd.DataFrame
    labels: pd.DataFrame
    rounds: tuple[pd.DataFrame, ...]
    bench_labels: pd.DataFrame
    pool: pd.DataFrame
    explanations: pd.DataFrame
    leaks: pd.DataFrame
    clip_shards: ShardReader
    training_folder: Path
    taxonomy: Taxonomy
    student: str
    training: TrainingOptions
    seed: int

    def digest(self, setting: Setting) -> dict[str, Any]:
        """Return all that the result of a setting depends on."""
        options = self.choose_options(setting)
        tables = {
            "features": self.features,
            "labels": self.choose_labels(setting),
            "bench": self.bench_labels[["clip_id", "label"]],
            "explanations": self.explanations,
        }
        return {
            "setting": setting.__dict__,
            "tables": {name: digest_table(table) for name, table in tables.items()},
            "taxonomy": self.taxonomy.model_dump(mode="json"),
            "training": options.model_dump(mode="json"),
            "student": self.student,
            "seed": self.seed,
        }

    def choose_labels(self, setting: Setting) -> pd.DataFrame:
        """Return the labels that the student of a setting learns, before they are made coarse."""
        number = self.training.label_round if setting.label_round is None else setting.label_round
        labels = self.labels if number is None else self.rounds[number]
        fraction = setting.data_fraction
        share = self.training.data_fraction if fraction is None else fraction
        return take_share(labels, share, self.seed)

    def choose_options(self, setting: Setting) -> TrainingOptions:
        """Return the options of the training of a setting."""
        changes: dict[str, Any] = {
            "classical": self.training.classical.model_copy(update={"folds": 0}),
            "dry_run": False,
        }
        if setting.modalities is not None:
            changes["modalities"] = setting.modalities
        if setting.with_explanations is not None:
            changes["with_explanations"] = setting.with_explanations
        return self.training.model_copy(update=changes)


def train_and_score(setting: Setting, inputs: SweepInputs, key: str) -> SettingResult:
    """Return the scores on the bench of the student that a setting describes.

    No cross-fitted predictions are made, since they are not scored.

    Args:
        setting: What is changed.
        inputs: What all settings share.
        key: Digest of setting and inputs.

    Raises:
        LeakError: If a clip shows what a clip of the bench shows.
        StudentError: If the labels cannot be learnt.
    """
    labels = inputs.choose_labels(setting)
    coarse = inputs.taxonomy.coarse_of
    taxonomy = inputs.taxonomy
    if setting.trained_classes == "coarse":
        labels = labels.assign(label=labels["label"].map(coarse))
        taxonomy = coarsen(inputs.taxonomy)
    student = _fit(setting, inputs, labels, taxonomy, key)
    scored = coarsen(inputs.taxonomy) if setting.scored_classes == "coarse" else inputs.taxonomy
    answers = _answer(student, inputs, setting)
    if setting.scored_classes == "coarse":
        answers["truth"] = answers["truth"].map(coarse)
        if setting.trained_classes == "fine":
            answers["predicted"] = answers["predicted"].map(coarse)
    films = answers["source_id"]
    scores = score_with_intervals(answers["truth"], answers["predicted"], films, scored)
    known = {name: None if math.isnan(value) else value for name, value in scores.items()}
    return SettingResult(
        key=key, clips=len(labels), scores=known, n=len(answers), films=films.nunique()
    )


def _fit(
    setting: Setting, inputs: SweepInputs, labels: pd.DataFrame, taxonomy: Taxonomy, key: str
) -> Student:
    options = inputs.choose_options(setting)
    conversations = []
    if inputs.student == "multimodal":
        conversations = write_conversations(
            labels, inputs.pool, inputs.explanations, taxonomy, options
        )
    return train_model(
        inputs.features,
        labels,
        inputs.leaks,
        inputs.pool,
        conversations,
        inputs.clip_shards,
        inputs.training_folder / f"sweep-{key[:16]}",
        taxonomy,
        inputs.student,
        options,
        inputs.seed,
    )


def _answer(student: Student, inputs: SweepInputs, setting: Setting) -> pd.DataFrame:
    bench = inputs.bench_labels[["clip_id", "label"]].rename(columns={"label": "truth"})
    features = inputs.features[inputs.features["clip_id"].isin(bench["clip_id"])]
    predicted = student.predict(features, clips=inputs.clip_shards)[["clip_id", "predicted"]]
    films = features[["clip_id", "source_id"]]
    return bench.merge(films, on="clip_id").merge(predicted, on="clip_id", how="left")
