"""The folder of a multimodal student: weights, measurements, and a card that people can read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.digests import digest_folder, digest_json
from libra_emo.common.person_meant import PersonMeant
from libra_emo.llm.request.prompts import Prompt
from libra_emo.media.shards import ShardReader
from libra_emo.students.calibration import Calibration
from libra_emo.students.conversations import write_request_rows
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.inference.fold_models import FoldModels, SavedWeights
from libra_emo.students.multimodal.training import specification as files
from libra_emo.students.multimodal.training.runs import FinishedRun
from libra_emo.students.multimodal.training_data import TrainingData, digest_clips
from libra_emo.students.options import MultimodalOptions, TrainingOptions
from libra_emo.students.storage import CARD, check_card, read_card, write_card
from libra_emo.taxonomy import Taxonomy

FORMAT = 1  # of the folder; format 0 is the same without this number
FOLDS = "folds"
MADE_WITH = ("torch", "transformers", "peft")


def describe_student(
    *,
    taxonomy: Taxonomy,
    training: TrainingOptions,
    prompt: Prompt,
    person_meant: PersonMeant,
    options: MultimodalOptions,
    data: TrainingData,
    table: pd.DataFrame,
    run: FinishedRun,
    fold_of: dict[str, int],
    calibration: Calibration,
) -> dict[str, Any]:
    """Return the content of `student.json`, without what concerns the files.

    Args:
        taxonomy: Labels that may be answered.
        training: All options.
        prompt: Words of the request.
        person_meant: Whose emotion it asks about.
        options: Options of the model, with the modalities of the student.
        data: Data of the training.
        table: Labelled clips.
        run: Training of all clips.
        fold_of: Film → number of the fold that did not learn it.
        calibration: Calibration of the probabilities.
    """
    seen = {"frames": options.frames, "frame_pixels": options.frame_pixels}
    held_out = data.films.isin(data.held_out)
    explained, modalities = data.explained, options.modalities
    request = write_request_rows(_placeholder_clip(), taxonomy, prompt, explained, modalities)
    clips = digest_clips(table["clip_id"].tolist(), data.shards)
    return {
        "kind": "multimodal",
        "modalities": modalities,
        "labels": list(taxonomy.labels),
        "labels_seen": [label for label in taxonomy.labels if label in set(table["label"])],
        "explained": explained,
        "training_clips": int((~held_out).sum()) - len(run.result.get("refused", [])),
        "held_out_clips": int(held_out.sum()),
        "held_out_films": sorted(data.held_out),
        "checkpoint": options.checkpoint,
        "family": open_family(options).name,
        "calibration": calibration.model_dump(),
        "training": run.result,
        "training_sha256": run.digest,
        "examples_sha256": digest_json(data.rows),
        "prompt": prompt.text,
        "person_meant": person_meant,
        "prompt_sha256": digest_json(request),
        "frames_sha256": digest_json([seen, clips]),
        "fold_of": fold_of,
        "options": training.model_dump(mode="json"),
        "taxonomy": taxonomy.model_dump(mode="json"),
    }


def write_student(card: dict[str, Any], models: FoldModels, folder: Path) -> None:
    """Write a student into an empty or missing folder.

    Weights are linked instead of copied where the file system can do that.

    Args:
        card: Content of `student.json`, as `describe_student` returns it.
        models: The trained weights, which lie beside the measurements of their training.
        folder: Folder to write to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run, weights = models.full.folder, models.full.name
    for name in (files.LAST, files.BEST):
        if (run / name).is_dir():
            _link(run / name, folder / name)
    for number, fold in enumerate(models.folds):
        _link(fold.path, folder / FOLDS / str(number) / fold.name)
    for name in (files.MEASUREMENTS, files.RESULT):
        if (run / name).is_file():
            shutil.copy2(run / name, folder / name)
    whole = {
        **card,
        "format": FORMAT,
        "weights": weights,
        "fold_weights": [fold.name for fold in models.folds],
        "weights_sha256": digest_folder(folder / weights),
    }
    write_card(folder, whole, MADE_WITH)


def require_shards(clips: ShardReader | None) -> ShardReader:
    """Return the reader of the shards.

    Raises:
        StudentError: If there is none.
    """
    if clips is None:
        raise StudentError("the multimodal student reads clips; give it the reader of the shards")
    return clips


def join_models(
    run: FinishedRun, folds: Sequence[FinishedRun], fold_of: Mapping[str, int]
) -> FoldModels:
    """Return the weights of a finished training, and those of the trainings of its folds."""
    full, *others = [SavedWeights(done.folder, done.weights_name) for done in (run, *folds)]
    return FoldModels(full, others, fold_of)


def read_whole_card(folder: Path, kind: str) -> dict[str, Any]:
    """Return the card of a student whose weights are those that it describes.

    Raises:
        StudentError: If the folder is missing, or its weights are missing or others.
    """
    card = read_card(folder)
    check_card(folder, card, kind, FORMAT, oldest=0)
    check_weights(folder, card)
    return card


def read_models(folder: Path, card: dict[str, Any]) -> FoldModels:
    """Return the weights in a student's folder, as its card names them."""
    folds = [
        SavedWeights(folder / FOLDS / str(number), name)
        for number, name in enumerate(card["fold_weights"])
    ]
    return FoldModels(SavedWeights(folder, card["weights"]), folds, card["fold_of"])


def check_weights(folder: Path, card: dict[str, Any]) -> None:
    """Raise unless a student's folder holds the weights that its card describes.

    Raises:
        StudentError: If they are missing or others.
    """
    weights = folder / str(card.get("weights"))
    if not weights.is_dir():
        raise StudentError(f"{folder}: its weights {weights.name} are missing; train again")
    if digest_folder(weights) != card.get("weights_sha256"):
        raise StudentError(
            f"{folder}: the weights in {weights.name} are not those that {CARD} describes; "
            "train again"
        )
    for number, name in enumerate(card.get("fold_weights", [])):
        if not (folder / FOLDS / str(number) / name).is_dir():
            raise StudentError(f"{folder}: the weights of fold {number} are missing; train again")


def _link(source: Path, target: Path) -> None:
    try:
        shutil.copytree(source, target, copy_function=os.link, dirs_exist_ok=True)
    except (OSError, shutil.Error):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)


def _placeholder_clip() -> pd.DataFrame:
    """Return a clip whose request stands for the prompt itself."""
    return pd.DataFrame({"clip_id": [""], "subtitle": ["subtitle"]})
