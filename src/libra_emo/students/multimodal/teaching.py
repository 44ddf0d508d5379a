"""Teaching a student: the training itself, one more for each fold, or what they would take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from libra_emo.students.folds import deal_folds
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.training.estimate import tell_training
from libra_emo.students.multimodal.training.running import Trained, plan, train_once
from libra_emo.students.multimodal.training_data import Material


@dataclass(frozen=True)
class Teacher:
    """How trainings are run, whatever their material.

    Attributes:
        options: The student's, with what it sees and hears.
        labels: That may be answered.
        seed: Of order, augmentation, and the matrices' first values.
        work: Where unfinished trainings lie.
    """

    options: MultimodalOptions
    labels: tuple[str, ...]
    seed: int
    work: Path

    def tell(self, material: Material) -> str:
        """Return what a training would take, as lines to read.

        Raises:
            StudentError: If it could not be started.
        """
        batches = plan(len(material.learnt), self.options)
        return tell_training(
            material.learnt, len(material.scored), material.shards, self.options, batches
        )

    def teach(self, material: Material, name: str = "fine-tuning") -> Trained:
        """Return the training of some material, taken up or done.

        Raises:
            TrainingFailed: If it ends early.
            StudentError: If it cannot be started.
        """
        return train_once(
            material.learnt,
            material.answers,
            material.scored,
            self.labels,
            material.shards.folder,
            self.options,
            self.seed,
            self.work,
            name,
        )

    def teach_folds(self, material: Material) -> tuple[list[Trained], dict[str, int]]:
        """Return a training for each group of films without that group, and film → group."""
        count = min(self.options.training.cross_fitting_folds, material.films.nunique())
        if count < 2:
            return [], {}
        fold_of = deal_folds(material.films, count)
        trainings = []
        for number in range(count):
            out = [film for film, fold in fold_of.items() if fold == number]
            name = f"fold {number + 1} of {count}"
            trainings.append(self.teach(material.without(out), name))
        return trainings, fold_of
