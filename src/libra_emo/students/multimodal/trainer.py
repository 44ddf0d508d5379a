"""The trainings of one student: that of all films, and one for each fold of films."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from libra_emo.students.folds import assign_folds
from libra_emo.students.multimodal.training.estimate import describe_training
from libra_emo.students.multimodal.training.runs import FinishedRun, plan, train_once
from libra_emo.students.multimodal.training_data import TrainingData
from libra_emo.students.options import MultimodalOptions


@dataclass(frozen=True)
class StudentTrainer:
    """Trains a student, or describes what that would take.

    Attributes:
        options: Options of the student, with its modalities.
        labels: Labels that may be answered.
        seed: Seed of the order, the augmentation, and the first values of the matrices.
        work: Folder of unfinished trainings.
    """

    options: MultimodalOptions
    labels: tuple[str, ...]
    seed: int
    work: Path

    def describe(self, data: TrainingData) -> str:
        """Return what the training would take, as lines to read.

        Raises:
            StudentError: If it could not be started.
        """
        rows = data.training_rows
        planned = plan(len(rows), self.options, dry=True)
        held_out = len(data.validation_rows)
        described = describe_training(
            rows, held_out, data.shards, self.options, planned.batches, planned.machines.most
        )
        if planned.assumed:
            described += (
                "\n  note          there is no GPU here, so one is assumed; "
                "training.multimodal.training.launcher.processes sets another number"
            )
        return described

    def train(self, data: TrainingData, name: str = "fine-tuning") -> FinishedRun:
        """Return the finished training of some data, resumed where it was interrupted.

        Raises:
            TrainingFailed: If it ends early.
            StudentError: If it cannot be started.
        """
        return train_once(
            data.training_rows,
            data.training_labels,
            data.validation_rows,
            self.labels,
            data.shards.folder,
            self.options,
            self.seed,
            self.work,
            name,
        )

    def train_folds(self, data: TrainingData) -> tuple[list[FinishedRun], dict[str, int]]:
        """Return a training for each fold without the films of that fold, and film → fold."""
        count = min(self.options.training.cross_fitting_folds, data.films.nunique())
        if count < 2:
            return [], {}
        fold_of = assign_folds(data.films, count)
        runs = []
        for number in range(count):
            left_out = [film for film, fold in fold_of.items() if fold == number]
            name = f"fold {number + 1} of {count}"
            runs.append(self.train(data.without(left_out), name))
        return runs, fold_of
