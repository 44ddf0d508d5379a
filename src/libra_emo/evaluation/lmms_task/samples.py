"""Answers of evaluated models in the form of lmms-eval's sample files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.files import write_text
from libra_emo.evaluation.lmms_task.task_folder import TASK


def write_samples(folder: Path, bench_predictions: pd.DataFrame, clips: pd.DataFrame) -> list[Path]:
    """Write one file a model and modalities, `<model>_<modalities>/samples_<task>.jsonl`.

    A model's own reply is given where it is known, otherwise its label; both are empty for an
    answer from which no label could be read and whose words are not known.

    Args:
        folder: Folder to write into.
        bench_predictions: BenchPredictions.
        clips: Clips of the bench as `list_clips` returns them; their places are the `doc_id`s.

    Returns:
        The files, in the order of the models.
    """
    paths = []
    for (model, modalities), table in bench_predictions.groupby(
        ["model", "modalities"], sort=False
    ):
        path = folder / _folder_name(f"{model}_{modalities}") / f"samples_{TASK}.jsonl"
        lines = (json.dumps(sample, ensure_ascii=False) for sample in _samples(table, clips))
        write_text(path, "".join(f"{line}\n" for line in lines))
        paths.append(path)
    return paths


def _samples(table: pd.DataFrame, clips: pd.DataFrame) -> Iterator[dict[str, Any]]:
    answers = table.set_index("clip_id").astype("object")
    answers = answers.where(answers.notna(), None)
    for place, doc in enumerate(clips.to_dict("records")):
        if doc["clip_id"] not in answers.index:
            continue
        given = answers.loc[doc["clip_id"]]
        label = given["predicted"]
        reply = given.get("reply") or label or ""
        answer = {
            "clip_id": doc["clip_id"],
            "film": doc["film"],
            "truth": doc["label"],
            "predicted": label,
            "score": float(label == doc["label"]),
        }
        yield {
            "doc_id": place,
            "target": doc["label"],
            "filtered_resps": reply,
            "resps": [reply],
            "doc_hash": sha256(json.dumps(doc, ensure_ascii=False).encode()).hexdigest(),
            "accuracy": answer,
            "macro_f1": answer,
            "weighted_f1": answer,
        }


def _folder_name(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name)
