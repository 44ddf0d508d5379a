"""The multimodal student: a vision-language model that is fine-tuned to answer with a label."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from libra_emo.media.shards import ShardReader
from libra_emo.schemas import (
    PEOPLE_ORIGINS,
    Features,
    check,
)
from libra_emo.students.calibration import Calibration, calibrate
from libra_emo.students.conversations import write_label_rows, write_request_rows
from libra_emo.students.folders import read_card
from libra_emo.students.folds import deal_folds
from libra_emo.students.interface import DryRun, StudentError
from libra_emo.students.learnable import join_labels
from libra_emo.students.multimodal import folders
from libra_emo.students.multimodal.digests import digest_clips, digest_json
from libra_emo.students.multimodal.examples import check_answers, read_turns
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.holding_out import hold_out_films
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.predicting import (
    Judge,
    load_judge,
    score_in_processes,
    score_rows,
)
from libra_emo.students.multimodal.training.estimate import tell_training
from libra_emo.students.multimodal.training.running import (
    Trained,
    forget_finished,
    plan,
    train_once,
)
from libra_emo.students.options import MODALITIES, TrainingOptions, order_modalities
from libra_emo.students.predicted import tabulate_predictions
from libra_emo.taxonomy import Taxonomy

Row = dict[str, Any]


logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Home:
    """Where a student's weights lie: a folder, and their name in it."""

    folder: Path
    weights: str

    @property
    def path(self) -> Path:
        """The folder of the weights."""
        return self.folder / self.weights


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
        self._home: Home | None = None
        self._folds: list[Home] = []
        self._fold_of: dict[str, int] = {}
        self._loaded: tuple[Path, Judge] | None = None

    @property
    def cross_fits(self) -> bool:
        """Whether `predict` can judge training clips by students that did not see their films."""
        return bool(self._folds)

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
        shards = _given(clips)
        self._loaded = None
        self.modalities = self._heard(modalities)
        table = join_labels(features, labels, self.taxonomy)
        rows = conversations or write_label_rows(
            table, self.taxonomy, self.training.prompt_file, self.modalities
        )
        known = table.set_index("clip_id")
        rows = [row for row in rows if row["clip_id"] in known.index]
        check_answers(rows, self.labels)
        self.explained = any("\n" in (read_turns(row)[1] or "") for row in rows)
        films = pd.Series([known.loc[row["clip_id"], "source_id"] for row in rows])
        held = self._hold_out(films, seed)
        if self.training.dry_run:
            raise DryRun(self._tell(rows, films, held, shards))
        trained = self._train(rows, films, held, shards, seed, "fine-tuning")
        self._home = Home(trained.folder, str(trained.result["weights"]))
        others = self._fit_folds(rows, films, shards, seed)
        self.calibration = self._calibrate(table, held, shards)
        self._describe(trained, rows, films, held, shards, table)
        forget_finished(self._place(), [trained.folder.name, *(o.folder.name for o in others)])
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
        if self._home is None:
            raise StudentError("the student is not trained yet; call fit first")
        if cross_fitted and not self._folds:
            raise StudentError(
                "the student was trained without folds, so it cannot predict cross-fitted; set "
                "training.multimodal.training.cross_fitting_folds to at least 2 and train it again"
            )
        shards = _given(clips)
        table = check(features, Features).sort_values("clip_id", ignore_index=True)
        scores = self._scores(table, shards, cross_fitted, modalities)
        return tabulate_predictions(table["clip_id"], self.calibration.apply(scores), self.labels)

    def save(self, folder: Path) -> None:
        """Write the student into a folder."""
        if self._home is None:
            raise StudentError("the student is not trained yet; there is nothing to save")
        folds = [(home.folder, home.weights) for home in self._folds]
        folders.write_student(self.card, self._home.folder, self._home.weights, folds, folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the student that `save` wrote.

        Raises:
            StudentError: If the folder is missing, torn, or holds something else.
        """
        card = read_card(folder)
        if card["kind"] != cls.kind:
            raise StudentError(
                f"{folder}: holds a student of kind {card['kind']!r}, not multimodal"
            )
        folders.check_weights(folder, card)
        student = cls(
            Taxonomy.model_validate(card["taxonomy"]),
            TrainingOptions.model_validate(card["options"]),
        )
        student.card = card
        student.modalities = card["modalities"]
        student.explained = card["explained"]
        student.calibration = Calibration.model_validate(card["calibration"])
        student._home = Home(folder, card["weights"])
        student._folds = [
            Home(folder / folders.FOLDS / str(number), name)
            for number, name in enumerate(card["fold_weights"])
        ]
        student._fold_of = card["fold_of"]
        return student

    @property
    def _options(self) -> MultimodalOptions:
        """The options, with what the student sees and hears."""
        return self.training.multimodal.model_copy(update={"modalities": self.modalities})

    def _place(self) -> Path:
        if self._work is None:
            raise StudentError("this student was made to predict; build one with a folder to train")
        return self._work

    def _heard(self, modalities: str) -> str:
        """Return the modalities without sound where the model is deaf."""
        chosen = order_modalities(modalities)
        if "A" not in chosen or open_family(self.training.multimodal).hears:
            return chosen
        if chosen == "A":
            raise StudentError(
                f"training.modalities: {self.training.multimodal.checkpoint} takes no sound, so "
                "there is nothing to learn from; add V or T, or choose a model that hears"
            )
        return chosen.replace("A", "")

    def _hold_out(self, films: pd.Series, seed: int) -> set[str]:
        tuning = self.training.multimodal.training
        held = hold_out_films(films, tuning.validation_fraction, tuning.validation_clips, seed)
        if not held and tuning.validation_fraction:
            logger.info("no film is small enough to be held out: the training is not scored")
        return held

    def _tell(self, rows: list[Row], films: pd.Series, held: set[str], shards: ShardReader) -> str:
        learnt = [row for row, film in zip(rows, films, strict=True) if film not in held]
        options = self._options
        batches = plan(len(learnt), options)
        return tell_training(learnt, len(rows) - len(learnt), shards, options, batches)

    def _train(
        self,
        rows: list[Row],
        films: pd.Series,
        held: set[str],
        shards: ShardReader,
        seed: int,
        name: str,
    ) -> Trained:
        learnt = [row for row, film in zip(rows, films, strict=True) if film not in held]
        scored = [row for row, film in zip(rows, films, strict=True) if film in held]
        labels = [(read_turns(row)[1] or "").partition("\n")[0] for row in learnt]
        return train_once(
            learnt,
            labels,
            scored,
            self.labels,
            shards.folder,
            self._options,
            seed,
            self._place(),
            name,
        )

    def _fit_folds(
        self, rows: list[Row], films: pd.Series, shards: ShardReader, seed: int
    ) -> list[Trained]:
        """Train a student for each group of films without that group."""
        self._folds, self._fold_of = [], {}
        wanted = self.training.multimodal.training.cross_fitting_folds
        count = min(wanted, films.nunique())
        if count < 2:
            return []
        self._fold_of = deal_folds(films, count)
        trainings = []
        for number in range(count):
            out = films.map(self._fold_of) == number
            mine = [row for row, left_out in zip(rows, out, strict=True) if not left_out]
            name = f"fold {number + 1} of {count}"
            kept = films[~out].reset_index(drop=True)
            trainings.append(self._train(mine, kept, set(), shards, seed, name))
        self._folds = [Home(each.folder, str(each.result["weights"])) for each in trainings]
        return trainings

    def _calibrate(self, table: pd.DataFrame, held: set[str], shards: ShardReader) -> Calibration:
        """Return the temperature of clips that people labelled and no judge of them has learnt."""
        mine = table[table["origin"].isin(PEOPLE_ORIGINS)]
        if not self._folds:
            mine = mine[mine["source_id"].isin(held)]
        mine = mine.reset_index(drop=True)
        place = {label: column for column, label in enumerate(self.labels)}
        scores = np.zeros((0, len(self.labels)))
        if len(mine) >= self.training.calibration.min_clips:
            scores = self._scores(mine, shards, bool(self._folds), None)
        else:
            mine = mine.iloc[:0]
        truth = [place[label] for label in mine["label"]]
        return calibrate(scores, truth, mine["source_id"].tolist(), self.training.calibration)

    def _describe(
        self,
        trained: Trained,
        rows: list[Row],
        films: pd.Series,
        held: set[str],
        shards: ShardReader,
        table: pd.DataFrame,
    ) -> None:
        options = self._options
        seen = {"frames": options.frames, "frame_pixels": options.frame_pixels}
        self.card = {
            "kind": self.kind,
            "modalities": self.modalities,
            "labels": list(self.labels),
            "labels_seen": [label for label in self.labels if label in set(table["label"])],
            "explained": self.explained,
            "training_clips": int((~films.isin(held)).sum()),
            "held_out_clips": int(films.isin(held).sum()),
            "held_out_films": sorted(held),
            "checkpoint": options.checkpoint,
            "family": open_family(options).name,
            "calibration": self.calibration.model_dump(),
            "training": trained.result,
            "training_sha256": trained.digest,
            "examples_sha256": digest_json(rows),
            "prompt_sha256": digest_json(self._requests(_no_clip(), self.modalities)),
            "frames_sha256": digest_json([seen, digest_clips(table["clip_id"].tolist(), shards)]),
            "fold_of": self._fold_of,
            "options": self.training.model_dump(mode="json"),
            "taxonomy": self.taxonomy.model_dump(mode="json"),
        }

    def _requests(self, table: pd.DataFrame, modalities: str) -> list[Row]:
        return write_request_rows(
            table, self.taxonomy, self.explained, self.training.prompt_file, modalities
        )

    def _scores(
        self, table: pd.DataFrame, shards: ShardReader, cross_fitted: bool, modalities: str | None
    ) -> np.ndarray:
        """Return the logarithms of the labels' probabilities, one row a clip of the table."""
        assert self._home is not None  # noqa: S101 - whoever calls has looked
        shown = self.modalities if modalities is None else order_modalities(modalities)
        if set(shown) - set(self.modalities):
            raise StudentError(
                f"modalities {shown}: this student learnt from {self.modalities} alone; "
                "leave the others out, or train it with them"
            )
        options = self._options.model_copy(update={"modalities": shown})
        rows = self._requests(table, shown)
        found = np.zeros((len(rows), len(self.labels)))
        fold = table["source_id"].map(self._fold_of if cross_fitted else {}).fillna(-1).to_numpy()
        for number, home in [(-1, self._home), *enumerate(self._folds)]:
            mine = np.flatnonzero(fold == number)
            if len(mine):
                some = [rows[place] for place in mine]
                found[mine] = self._ask(home, some, shards, options)
        return found

    def _ask(
        self, home: Home, rows: list[Row], shards: ShardReader, options: MultimodalOptions
    ) -> np.ndarray:
        if options.predict_processes > 1:
            self._loaded = None
            return score_in_processes(options, home.path, rows, shards.folder, self.labels)
        return score_rows(self._judge(home), rows, shards, options, self.labels)

    def _judge(self, home: Home) -> Judge:
        """Return the model with a training's weights; the last one that was asked stays loaded."""
        if self._loaded is None or self._loaded[0] != home.path:
            self._loaded = None  # before the next one, which may need its room
            self._loaded = (home.path, load_judge(self._options, home.path))
        return self._loaded[1]


def _no_clip() -> pd.DataFrame:
    """Return a clip that is none, whose request is the prompt itself."""
    return pd.DataFrame({"clip_id": [""], "subtitle": ["subtitle"]})


def _given(clips: ShardReader | None) -> ShardReader:
    if clips is None:
        raise StudentError("the multimodal student reads clips; hand it the shards")
    return clips
