"""The multimodal student: a vision-language model that is fine-tuned to answer with a label."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Self

import pandas as pd
from pydantic import ValidationError

from libra_emo.common.modalities import MODALITIES, parse_modalities
from libra_emo.common.options import describe_error
from libra_emo.common.person_meant import DEFAULT_PERSON, PersonMeant
from libra_emo.llm.request.prompts import Prompt, read_prompt
from libra_emo.media.shards import ShardReader
from libra_emo.schemas import Features, check
from libra_emo.students.calibration import Calibration, calibrate_on_people
from libra_emo.students.conversations import write_label_rows
from libra_emo.students.errors import DryRun, StudentError
from libra_emo.students.multimodal import storage
from libra_emo.students.multimodal.examples import check_answers
from libra_emo.students.multimodal.families import choose_modalities
from libra_emo.students.multimodal.inference.fold_models import FoldModels, SavedWeights
from libra_emo.students.multimodal.inference.generating import GeneratedAnswer
from libra_emo.students.multimodal.inference.predictor import Predictor
from libra_emo.students.multimodal.trainer import StudentTrainer
from libra_emo.students.multimodal.training.runs import forget_finished
from libra_emo.students.multimodal.training_data import Row, TrainingData, gather_training_data
from libra_emo.students.options import MultimodalOptions, TrainingOptions
from libra_emo.students.predictions import tabulate_predictions
from libra_emo.students.storage import CARD, check_checksum
from libra_emo.students.training_table import join_labels
from libra_emo.taxonomy import Taxonomy


class MultimodalStudent:
    """Learns labels, with explanations where there are any, from frames, sound and words.

    Args:
        taxonomy: Labels that may occur.
        training: Options of the student, its fine-tuning among them.
        work: Folder of unfinished trainings; a student that only predicts needs none.
        person_meant: Whose emotion its requests ask about, in training and ever after.
    """

    kind: ClassVar[str] = "multimodal"

    def __init__(
        self,
        taxonomy: Taxonomy,
        training: TrainingOptions,
        work: Path | None = None,
        person_meant: PersonMeant = DEFAULT_PERSON,
    ) -> None:
        self.taxonomy = taxonomy
        self.labels = taxonomy.labels
        self.training = training
        self.modalities = training.modalities
        self.calibration = Calibration(reason="it is not trained yet")
        self.explained = False
        self.card: dict[str, Any] = {}
        self.person_meant = person_meant
        self._work = work
        self._models: FoldModels | None = None
        self._prompt: Prompt

    @property
    def cross_fits(self) -> bool:
        """Whether training clips can be predicted by models that did not learn their films."""
        return self._models is not None and bool(self._models.folds)

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
            seed: Seed of the order, the augmentation, and the first values of the matrices.
            modalities: Letters of V (frames), A (sound, where the model hears) and T (subtitle).
            clips: Source of frames and sound.
            conversations: The examples; without them the answers are the labels alone.

        Raises:
            DryRun: If a dry run is set; the message describes the training.
            StudentError: If a clip cannot be learnt from, or the training cannot be started.
            TrainingFailed: If the training ends early.
        """
        self._models = None
        self._prompt = self._read_prompt()
        self.modalities = choose_modalities(modalities, self.training.multimodal)
        table = join_labels(features, labels, self.taxonomy)
        data = self._gather(table, conversations, storage.require_shards(clips), seed)
        trainer = StudentTrainer(self.options, self.labels, seed, self._work_folder())
        if self.training.dry_run:
            raise DryRun(trainer.describe(data))
        run = trainer.train(data)
        folds, fold_of = trainer.train_folds(data)
        self._models = storage.join_models(run, folds, fold_of)
        self.explained = data.explained
        self.calibration = self._calibrate(table, data)
        self.card = storage.describe_student(
            taxonomy=self.taxonomy,
            training=self.training,
            prompt=self._prompt,
            person_meant=self.person_meant,
            options=self.options,
            data=data,
            table=table,
            run=run,
            fold_of=fold_of,
            calibration=self.calibration,
        )
        forget_finished(self._work_folder(), [kept.folder.name for kept in (run, *folds)])
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
            cross_fitted: Whether clips of a training film are predicted by the model of the fold
                that did not learn that film.
            clips: Source of frames and sound.
            modalities: Modalities that the student is given; all that it learnt from by default.

        Raises:
            StudentError: If it is not trained, or was trained without folds that are needed.
        """
        predictor = self._predictor()
        table = check(features, Features).sort_values("clip_id", ignore_index=True)
        scores = predictor.score(table, storage.require_shards(clips), cross_fitted, modalities)
        return tabulate_predictions(table["clip_id"], self.calibration.apply(scores), self.labels)

    def generate_answers(
        self,
        features: pd.DataFrame,
        clips: ShardReader,
        modalities: str | None = None,
        label_of: Mapping[str, str] | None = None,
    ) -> list[GeneratedAnswer]:
        """Return the student's answer to each clip, in the clips' order, generated by token.

        An answer is the label and, if the student learnt explanations, its explanation on the next
        line. This takes many times as long as `predict`, and gives no probabilities.

        Args:
            features: `Features`, for subtitles.
            clips: Source of frames and sound.
            modalities: Modalities that the student is given; all that it learnt from by default.
            label_of: Clip → label to explain; None to generate the label, too.

        Raises:
            StudentError: If it is not trained, or is to explain and never learnt that.
        """
        table = check(features, Features)
        return self._predictor().generate(table, clips, modalities, label_of)

    @property
    def options(self) -> MultimodalOptions:
        """Options of the model, with the modalities of the student."""
        return self.training.multimodal.model_copy(update={"modalities": self.modalities})

    @property
    def prompt_text(self) -> str:
        """The template of its requests."""
        self._trained("it has no prompt")
        return self._prompt.text

    def weights_folder(self) -> Path:
        """Return the folder of the weights that learnt all clips."""
        return self._trained("it has no weights").full.path

    @classmethod
    def of_weights(
        cls,
        taxonomy: Taxonomy,
        training: TrainingOptions,
        checkpoint: str,
        weights: SavedWeights,
        modalities: str,
        person_meant: PersonMeant = DEFAULT_PERSON,
    ) -> Self:
        """Return a student with weights that another program trained, not calibrated.

        Args:
            taxonomy: Labels that may be answered.
            training: Options of the prompt, the frames and the predictions.
            checkpoint: Model that the weights belong to.
            weights: Its weights, or low-rank matrices beside them.
            modalities: Letters of V, A and T that it is given, without A if it does not hear.
            person_meant: Whose emotion its requests ask about.
        """
        model = training.multimodal.model_copy(update={"checkpoint": checkpoint, "family": "auto"})
        options = training.model_copy(update={"multimodal": model})
        student = cls(taxonomy, options, person_meant=person_meant)
        student.modalities = choose_modalities(modalities, model)
        student.explained = training.with_explanations
        student._prompt = student._read_prompt()
        student._models = FoldModels(weights, [], {})
        return student

    def request(self) -> str:
        """Return the text of the request for a clip without a subtitle."""
        return self._predictor().request()

    def save(self, folder: Path) -> None:
        """Write the student into a folder."""
        storage.write_student(self.card, self._trained("there is nothing to save"), folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the student that `save` wrote.

        Raises:
            StudentError: If the folder is missing, torn, or holds something else.
        """
        card = storage.read_whole_card(folder, cls.kind)
        try:
            student = cls._restore(folder, card)
        except (KeyError, TypeError, ValueError) as error:
            cause = describe_error(error) if isinstance(error, ValidationError) else repr(error)
            raise StudentError(
                f"{folder}: {CARD} does not describe a student ({cause}); train the student again"
            ) from error
        check_checksum(folder, card)
        return student

    @classmethod
    def _restore(cls, folder: Path, card: dict[str, Any]) -> Self:
        student = cls(
            Taxonomy.model_validate(card["taxonomy"]),
            TrainingOptions.model_validate(card["options"]),
            # students of earlier versions were asked the default question
            person_meant=card.get("person_meant", DEFAULT_PERSON),
        )
        student.card = card
        student.modalities = parse_modalities(card["modalities"])
        student.explained = bool(card["explained"])
        prompt = Prompt(card["prompt"], f"{folder}/{CARD}")
        student._prompt = prompt.with_values(person_meant=student.person_meant)
        student.calibration = Calibration.model_validate(card["calibration"])
        student._models = storage.read_models(folder, card)
        return student

    def _read_prompt(self) -> Prompt:
        prompt = read_prompt(self.training.prompt_file, "training.prompt_file")
        return prompt.with_values(person_meant=self.person_meant)

    def _work_folder(self) -> Path:
        if self._work is None:
            raise StudentError(
                "this student has no folder for its training; build it with one to train it"
            )
        return self._work

    def _predictor(self) -> Predictor:
        models = self._trained("call fit first")
        return Predictor(
            self.taxonomy, self._prompt, self.options, self.modalities, self.explained, models
        )

    def _trained(self, problem: str) -> FoldModels:
        if self._models is None:
            raise StudentError(f"the student is not trained yet; {problem}")
        return self._models

    def _gather(
        self, table: pd.DataFrame, conversations: list[Row] | None, shards: ShardReader, seed: int
    ) -> TrainingData:
        """Return the examples of the labelled clips; without conversations, the labels alone."""
        rows = conversations or write_label_rows(
            table, self.taxonomy, self._prompt, self.modalities
        )
        film_of = dict(zip(table["clip_id"], table["source_id"], strict=True))
        data = gather_training_data(rows, film_of, shards, self.training.multimodal.training, seed)
        check_answers(data.rows, self.labels)
        return data

    def _calibrate(self, table: pd.DataFrame, data: TrainingData) -> Calibration:
        """Return the calibration on clips of people that the predicting weights did not learn."""
        cross_fitted = self.cross_fits
        unseen = table if cross_fitted else table[table["source_id"].isin(data.held_out)]
        score = partial(self._predictor().score, shards=data.shards, cross_fitted=cross_fitted)
        return calibrate_on_people(unseen, score, self.labels, self.training.calibration)
