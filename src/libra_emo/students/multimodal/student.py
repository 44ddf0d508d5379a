"""The multimodal student: a vision-language model that is fine-tuned to answer with a label."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from pydantic import ValidationError

from libra_emo.common.modalities import MODALITIES, parse_modalities
from libra_emo.common.options import describe_error
from libra_emo.llm.request.prompts import Prompt, read_prompt
from libra_emo.media.shards import ShardReader
from libra_emo.schemas import Features, check
from libra_emo.students.calibration import Calibration, calibrate_on_people
from libra_emo.students.conversations import write_label_rows
from libra_emo.students.errors import DryRun, StudentError
from libra_emo.students.multimodal import storage as folders
from libra_emo.students.multimodal.card import describe_student
from libra_emo.students.multimodal.examples import check_answers
from libra_emo.students.multimodal.families import choose_modalities
from libra_emo.students.multimodal.inference.fold_models import Home, Judges
from libra_emo.students.multimodal.inference.generating import Answer
from libra_emo.students.multimodal.inference.requests import Questions
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.teaching import Teacher
from libra_emo.students.multimodal.training.running import forget_finished
from libra_emo.students.multimodal.training_data import Material, Row, gather_material
from libra_emo.students.options import TrainingOptions
from libra_emo.students.predictions import tabulate_predictions
from libra_emo.students.storage import CARD, check_card, read_card
from libra_emo.students.training_table import join_labels
from libra_emo.taxonomy import Taxonomy


class MultimodalStudent:
    """Learns labels, with explanations where there are any, from frames, sound and words.

    Args:
        taxonomy: The labels that may occur.
        training: Its options, the fine-tuning among them.
        work: Where unfinished trainings lie; a student that only predicts needs none.
    """

    kind: ClassVar[str] = "multimodal"

    def __init__(
        self, taxonomy: Taxonomy, training: TrainingOptions, work: Path | None = None
    ) -> None:
        self.taxonomy = taxonomy
        self.labels = taxonomy.labels
        self.training = training
        self.modalities = training.modalities
        self.calibration = Calibration(reason="it is not trained yet")
        self.explained = False
        self.card: dict[str, Any] = {}
        self._work = work
        self._judges: Judges | None = None
        self._prompt: Prompt

    @property
    def cross_fits(self) -> bool:
        """Whether `predict` can judge training clips by students that did not see their films."""
        return self._judges is not None and bool(self._judges.folds)

    def fit(
        self,
        features: pd.DataFrame,
        labels: pd.DataFrame,
        seed: int,
        modalities: str = MODALITIES,
        clips: ShardReader | None = None,
        conversations: list[Row] | None = None,
    ) -> Self:
        """Fine-tune on the clips that have a label, and return the student.

        Args:
            features: `Features`, for subtitles and films.
            labels: `RoundLabels`.
            seed: Of order, augmentation, and the matrices' first values.
            modalities: Letters of V (frames), A (sound, where the model hears) and T (subtitle).
            clips: Gives frames and sound.
            conversations: The examples; without them the answers are the labels alone.

        Raises:
            DryRun: If a dry run is asked for, with what it tells.
            StudentError: If a clip cannot be learnt from, or the training cannot be started.
            TrainingFailed: If the training ends early.
        """
        self._judges = None
        self._prompt = read_prompt(self.training.prompt_file, "training.prompt_file")
        self.modalities = choose_modalities(modalities, self.training.multimodal)
        table = join_labels(features, labels, self.taxonomy)
        material = self._gather(table, conversations, _given(clips), seed)
        teacher = Teacher(self._options, self.labels, seed, self._place())
        if self.training.dry_run:
            raise DryRun(teacher.tell(material))
        trained = teacher.teach(material)
        others, fold_of = teacher.teach_folds(material)
        self._judges = Judges(Home.of(trained), [Home.of(other) for other in others], fold_of)
        self.explained = material.explained
        self.calibration = self._calibrate(table, material)
        self.card = describe_student(
            taxonomy=self.taxonomy,
            training=self.training,
            prompt=self._prompt,
            options=self._options,
            material=material,
            table=table,
            trained=trained,
            fold_of=fold_of,
            calibration=self.calibration,
        )
        forget_finished(self._place(), [each.folder.name for each in (trained, *others)])
        return self

    def predict(
        self,
        features: pd.DataFrame,
        cross_fitted: bool = False,
        clips: ShardReader | None = None,
        modalities: str | None = None,
    ) -> pd.DataFrame:
        """Return `Predictions` of every clip, sorted by clip_id, with p_<label> of every label.

        Args:
            features: `Features`, for subtitles and films.
            cross_fitted: Whether clips of a training film are judged by the student of the fold
                that did not see that film.
            clips: Gives frames and sound.
            modalities: What the student is shown of a clip; all that it learnt from by default.

        Raises:
            StudentError: If it is not trained, or was trained without folds that are asked for.
        """
        asked = self._questions()
        table = check(features, Features).sort_values("clip_id", ignore_index=True)
        scores = asked.score(table, _given(clips), cross_fitted, modalities)
        return tabulate_predictions(table["clip_id"], self.calibration.apply(scores), self.labels)

    def write_answers(
        self,
        features: pd.DataFrame,
        clips: ShardReader,
        modalities: str | None = None,
        label_of: Mapping[str, str] | None = None,
    ) -> list[Answer]:
        """Return what the student writes of each clip, in the clips' order, token by token.

        An answer is the label and, if the student learnt explanations, its explanation on the next
        line. It takes many times as long as `predict`, and gives no probabilities.

        Args:
            features: `Features`, for subtitles.
            clips: Gives frames and sound.
            modalities: What the student is shown of a clip; all that it learnt from by default.
            label_of: Clip → the label that it is to explain; None leaves that to the student.

        Raises:
            StudentError: If it is not trained, or is to explain and never learnt that.
        """
        return self._questions().answer(check(features, Features), clips, modalities, label_of)

    def request(self) -> str:
        """Return the words with which the student is asked about a clip without a subtitle."""
        return self._questions().request()

    def save(self, folder: Path) -> None:
        """Write the student into a folder."""
        judges = self._trained("there is nothing to save")
        folds = [(home.folder, home.weights) for home in judges.folds]
        folders.write_student(self.card, judges.home.folder, judges.home.weights, folds, folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the student that `save` wrote.

        Raises:
            StudentError: If the folder is missing, torn, or holds something else.
        """
        card = read_card(folder)
        check_card(folder, card, cls.kind, folders.FORMAT, oldest=0)
        folders.check_weights(folder, card)
        try:
            return cls._restore(folder, card)
        except (KeyError, TypeError, ValueError) as error:
            cause = describe_error(error) if isinstance(error, ValidationError) else repr(error)
            raise StudentError(
                f"{folder}: {CARD} does not describe a student ({cause}); train the student again"
            ) from error

    @classmethod
    def _restore(cls, folder: Path, card: dict[str, Any]) -> Self:
        student = cls(
            Taxonomy.model_validate(card["taxonomy"]),
            TrainingOptions.model_validate(card["options"]),
        )
        student.card = card
        student.modalities = parse_modalities(card["modalities"])
        student.explained = bool(card["explained"])
        student._prompt = Prompt(card["prompt"], f"{folder}/{CARD}")
        student.calibration = Calibration.model_validate(card["calibration"])
        folds = [
            Home(folder / folders.FOLDS / str(number), name)
            for number, name in enumerate(card["fold_weights"])
        ]
        student._judges = Judges(Home(folder, card["weights"]), folds, card["fold_of"])
        return student

    @property
    def _options(self) -> MultimodalOptions:
        """The options, with what the student sees and hears."""
        return self.training.multimodal.model_copy(update={"modalities": self.modalities})

    def _place(self) -> Path:
        if self._work is None:
            raise StudentError("this student was made to predict; build one with a folder to train")
        return self._work

    def _questions(self) -> Questions:
        judges = self._trained("call fit first")
        return Questions(
            self.taxonomy, self._prompt, self._options, self.modalities, self.explained, judges
        )

    def _trained(self, told: str) -> Judges:
        if self._judges is None:
            raise StudentError(f"the student is not trained yet; {told}")
        return self._judges

    def _gather(
        self, table: pd.DataFrame, given: list[Row] | None, shards: ShardReader, seed: int
    ) -> Material:
        """Return the examples of the labelled clips; without any given, the labels alone."""
        rows = given or write_label_rows(table, self.taxonomy, self._prompt, self.modalities)
        film_of = dict(zip(table["clip_id"], table["source_id"], strict=True))
        tuning = self.training.multimodal.training
        material = gather_material(rows, film_of, shards, tuning, seed)
        check_answers(material.rows, self.labels)
        return material

    def _calibrate(self, table: pd.DataFrame, material: Material) -> Calibration:
        """Return the temperature of clips that people labelled and no judge of them has learnt."""
        crossed = self.cross_fits
        unseen = table if crossed else table[table["source_id"].isin(material.held)]

        def judge(clips: pd.DataFrame) -> np.ndarray:
            return self._questions().score(clips, material.shards, crossed)

        return calibrate_on_people(unseen, judge, self.labels, self.training.calibration)


def _given(clips: ShardReader | None) -> ShardReader:
    if clips is None:
        raise StudentError("the multimodal student reads clips; hand it the shards")
    return clips
