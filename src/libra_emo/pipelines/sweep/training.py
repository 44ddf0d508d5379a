"""One training of a sweep, the answers of its student to the bench, and their scores."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.person_meant import DEFAULT_PERSON, PersonMeant
from libra_emo.evaluation.intervals import score_with_intervals
from libra_emo.evaluation.sweeps.settings import Setting
from libra_emo.media.shards import ShardReader
from libra_emo.pipelines.sweep.results import TrainedAnswers, digest_table
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
        person_meant: Whose emotion a multimodal student is asked about.
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
    person_meant: PersonMeant = DEFAULT_PERSON

    def digest(self, setting: Setting) -> dict[str, Any]:
        """Return all that the training of a setting depends on; settings may share it."""
        options = self.choose_options(setting)
        tables = {
            "features": self.features,
            "labels": self.choose_labels(setting),
            "bench": self.bench_labels[["clip_id"]],
            "explanations": self.explanations,
        }
        # the classical student is asked nothing
        asked = {"person_meant": self.person_meant} if self.student == "multimodal" else {}
        return {
            **asked,
            "classes": setting.trained_classes,
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


def train_and_answer(setting: Setting, inputs: SweepInputs, key: str) -> TrainedAnswers:
    """Return the answers to the bench of the student that a setting describes.

    No cross-fitted predictions are made, since they are not scored.

    Args:
        setting: What is changed.
        inputs: What all settings share.
        key: Digest of the training.

    Raises:
        LeakError: If a clip shows what a clip of the bench shows.
        StudentError: If the labels cannot be learnt.
    """
    labels = inputs.choose_labels(setting)
    taxonomy = inputs.taxonomy
    if setting.trained_classes == "coarse":
        labels = labels.assign(label=labels["label"].map(taxonomy.coarse_of))
        taxonomy = coarsen(inputs.taxonomy)
    student = _fit(setting, inputs, labels, taxonomy, key)
    bench = inputs.bench_labels["clip_id"]
    features = inputs.features[inputs.features["clip_id"].isin(bench)]
    table = student.predict(features, clips=inputs.clip_shards).astype({"predicted": "object"})
    predicted = table["predicted"].where(table["predicted"].notna(), None)
    answers = dict(zip(table["clip_id"], predicted, strict=True))
    return TrainedAnswers(key=key, clips=len(labels), predicted=answers)


def score_setting(
    setting: Setting, inputs: SweepInputs, trained: TrainedAnswers
) -> dict[str, object]:
    """Return the row of a setting: clips, n and films of the bench, and scores with intervals.

    Args:
        setting: What was changed, and which classes are scored.
        inputs: What all settings share.
        trained: The answers of the setting's student.
    """
    answers = inputs.bench_labels[["clip_id", "label"]].rename(columns={"label": "truth"})
    films = inputs.features[["clip_id", "source_id"]]
    answers = answers.merge(films, on="clip_id")
    answers["predicted"] = answers["clip_id"].map(trained.predicted)
    taxonomy = inputs.taxonomy
    if setting.scored_classes == "coarse":
        answers["truth"] = answers["truth"].map(taxonomy.coarse_of)
        if setting.trained_classes == "fine":
            answers["predicted"] = answers["predicted"].map(taxonomy.coarse_of)
        taxonomy = coarsen(taxonomy)
    source = answers["source_id"]
    scores = score_with_intervals(answers["truth"], answers["predicted"], source, taxonomy)
    counts = {"clips": trained.clips, "n": len(answers), "films": source.nunique()}
    return {"setting": setting.name, **counts, **scores}


def _fit(
    setting: Setting, inputs: SweepInputs, labels: pd.DataFrame, taxonomy: Taxonomy, key: str
) -> Student:
    options = inputs.choose_options(setting)
    conversations = []
    if inputs.student == "multimodal":
        conversations = write_conversations(
            *(labels, inputs.pool, inputs.explanations, taxonomy, options),
            inputs.person_meant,
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
        inputs.person_meant,
    )
