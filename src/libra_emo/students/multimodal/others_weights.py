"""Weights that others trained: a folder or a hub id, as a student with this project's requests."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

from libra_emo.common.person_meant import DEFAULT_PERSON, PersonMeant
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.families.chat_template import find_added_text
from libra_emo.students.multimodal.inference.fold_models import SavedWeights
from libra_emo.students.multimodal.inference.model import ADAPTER
from libra_emo.students.multimodal.pretrained import CONFIGURATION, TINY
from libra_emo.students.multimodal.student import MultimodalStudent
from libra_emo.students.options import TrainingOptions
from libra_emo.students.storage import CARD
from libra_emo.taxonomy import Taxonomy

logger = logging.getLogger(__name__)

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


def is_checkpoint(path: Path) -> bool:
    """Return whether a place names weights without a student's card: a folder or a hub id."""
    if path.is_dir():
        return not (path / CARD).exists() and any(
            (path / name).is_file() for name in (CONFIGURATION, ADAPTER)
        )
    return str(path).startswith(TINY) or bool(_HUB_ID.fullmatch(str(path)))


def open_checkpoint(
    path: Path,
    taxonomy: Taxonomy,
    training: TrainingOptions,
    modalities: str,
    person_meant: PersonMeant = DEFAULT_PERSON,
) -> MultimodalStudent:
    """Return a student with weights that another program trained.

    It gets the request of `training.prompt_file`, and its answers have an explanation if
    `training.with_explanations` is set, as in the conversations that it is trained on elsewhere.

    Args:
        path: Folder of a model or of low-rank matrices, or a hub id of either.
        taxonomy: Labels that may be answered.
        training: Options of the training: prompt, frames, sizes of batches.
        modalities: Letters of V, A and T that it is given, without A if it does not hear.
        person_meant: Whose emotion its requests ask about.

    Raises:
        StudentError: If the weights cannot be fetched or read.
    """
    folder = path if path.is_dir() or str(path).startswith(TINY) else _fetch(str(path))
    base = read_base(folder) if (folder / ADAPTER).is_file() else str(folder)
    weights = SavedWeights(folder.parent, folder.name)
    student = MultimodalStudent.of_weights(
        taxonomy, training, base, weights, modalities, person_meant
    )
    _report_template(path, student)
    return student


def _report_template(path: Path, student: MultimodalStudent) -> None:
    """Log the words that the chat template adds to each request; they stay in it."""
    options = student.options
    processor = open_family(options).load_processor(options.checkpoint, options)
    added = find_added_text(processor)
    if added:
        logger.warning(
            "%s: its chat template adds words before each request, which stay in it: %s",
            path,
            added,
        )


def read_base(folder: Path) -> str:
    """Return the checkpoint that low-rank matrices were trained on: a folder or a hub id.

    Raises:
        StudentError: If their description names none.
    """
    try:
        found = json.loads((folder / ADAPTER).read_text(encoding="utf-8"))
        base = found.get("base_model_name_or_path")
    except (OSError, ValueError, AttributeError) as error:
        raise StudentError(f"{folder / ADAPTER}: cannot be read: {error}") from error
    if not base:
        raise StudentError(
            f"{folder / ADAPTER}: base_model_name_or_path names no model that these matrices were "
            "trained on; write its folder or hub id there"
        )
    return str(base)


def _fetch(hub_id: str) -> Path:
    try:
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(hub_id))
    except ImportError as error:
        raise StudentError(
            f"{hub_id}: there is no such folder, and the extra `train`, which fetches models, is "
            "not installed"
        ) from error
    except Exception as error:  # its errors have no common class
        cause = str(error).strip().partition("\n")[0]
        raise StudentError(
            f"{hub_id}: there is no such folder, and it cannot be fetched as a model from the hub "
            f"({cause}); check the name"
        ) from error
