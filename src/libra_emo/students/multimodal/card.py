"""The card in a multimodal student's folder: what it learnt, from what, and how."""

from __future__ import annotations

from typing import Any

import pandas as pd

from libra_emo.common.digests import digest_json
from libra_emo.llm.request.prompts import Prompt
from libra_emo.students.calibration import Calibration
from libra_emo.students.conversations import write_request_rows
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.options import MultimodalOptions
from libra_emo.students.multimodal.training.running import Trained
from libra_emo.students.multimodal.training_data import Material, digest_clips
from libra_emo.students.options import TrainingOptions
from libra_emo.taxonomy import Taxonomy


def describe_student(
    *,
    taxonomy: Taxonomy,
    training: TrainingOptions,
    prompt: Prompt,
    options: MultimodalOptions,
    material: Material,
    table: pd.DataFrame,
    trained: Trained,
    fold_of: dict[str, int],
    calibration: Calibration,
) -> dict[str, Any]:
    """Return what `student.json` says of a student, all but its weights.

    Args:
        taxonomy: The labels that may occur.
        training: All options.
        prompt: How it is asked.
        options: Those of the model, with what the student sees and hears.
        material: What it learnt.
        table: The labelled clips.
        trained: The training.
        fold_of: Film → the fold that did not learn it.
        calibration: Of its probabilities.
    """
    seen = {"frames": options.frames, "frame_pixels": options.frame_pixels}
    held = material.films.isin(material.held)
    explained, modalities = material.explained, options.modalities
    asked = write_request_rows(_no_clip(), taxonomy, prompt, explained, modalities)
    clips = digest_clips(table["clip_id"].tolist(), material.shards)
    return {
        "kind": "multimodal",
        "modalities": modalities,
        "labels": list(taxonomy.labels),
        "labels_seen": [label for label in taxonomy.labels if label in set(table["label"])],
        "explained": explained,
        "training_clips": int((~held).sum()),
        "held_out_clips": int(held.sum()),
        "held_out_films": sorted(material.held),
        "checkpoint": options.checkpoint,
        "family": open_family(options).name,
        "calibration": calibration.model_dump(),
        "training": trained.result,
        "training_sha256": trained.digest,
        "examples_sha256": digest_json(material.rows),
        "prompt": prompt.text,
        "prompt_sha256": digest_json(asked),
        "frames_sha256": digest_json([seen, clips]),
        "fold_of": fold_of,
        "options": training.model_dump(mode="json"),
        "taxonomy": taxonomy.model_dump(mode="json"),
    }


def _no_clip() -> pd.DataFrame:
    """Return a clip that is none, whose request is the prompt itself."""
    return pd.DataFrame({"clip_id": [""], "subtitle": ["subtitle"]})
