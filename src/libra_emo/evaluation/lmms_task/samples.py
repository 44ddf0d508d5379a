"""Answers of evaluated models in the form of lmms-eval's sample files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.files import write_text
from libra_emo.evaluation.lmms_task.task_folder import TASK

METRICS = ("accuracy", "macro_f1", "weighted_f1")


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
        path = folder / folder_name(f"{model}_{modalities}") / f"samples_{TASK}.jsonl"
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
        yield make_sample(place, doc, label, given.get("reply") or label or "", METRICS)


def make_sample(
    place: int, doc: Mapping[Any, Any], predicted: str | None, reply: str, metrics: Iterable[str]
) -> dict[str, Any]:
    """Return one line of a sample file.

    Args:
        place: Place of the clip in its set, lmms-eval's `doc_id`.
        doc: The clip: clip_id, film, label, and what else its document has.
        predicted: Label of the answer; None where there is none.
        reply: The model's own words, or its label.
        metrics: Metrics of the task, each of which logs the answer.
    """
    answer = {
        "clip_id": doc["clip_id"],
        "film": doc["film"],
        "truth": doc["label"],
        "predicted": predicted,
        "score": float(predicted == doc["label"]),
    }
    return {
        "doc_id": place,
        "target": doc["label"],
        "filtered_resps": reply,
        "resps": [reply],
        "doc_hash": sha256(json.dumps(doc, ensure_ascii=False).encode()).hexdigest(),
        **dict.fromkeys(metrics, answer),
    }


def folder_name(name: str) -> str:
    """Return the name of a model as the name of its folder."""
    return re.sub(r"[^\w.-]+", "_", name)
