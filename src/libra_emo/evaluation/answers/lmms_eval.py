"""The samples that lmms-eval writes with `--log_samples`: one JSON object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from libra_emo.evaluation.answers.answer_file import STATUS_OF, AnswerError, AnswerFile, RawAnswer
from libra_emo.evaluation.sets.evaluation_set import EvaluationSet
from libra_emo.evaluation.sets.tables import CLIP_COLUMNS

ID_KEYS = (*CLIP_COLUMNS, "question_id", "key")
_TASK = re.compile(r"samples_(?P<task>.+?)\.jsonl$")
_LEAST_KNOWN = 0.5  # share of ids or targets that must be the set's


def is_lmms_eval(sample: dict[str, Any]) -> bool:
    """Return whether an object is one of lmms-eval's samples."""
    return "doc_id" in sample and ("filtered_resps" in sample or "resps" in sample)


def read_lmms_eval(path: Path, clips: EvaluationSet) -> AnswerFile:
    """Return the answers in a file of lmms-eval's samples.

    The clip's id is looked for in the sample, in its document, and in what the task logged for its
    metrics. Where there is none, the number of the document counts as the clip's place in the set,
    if all targets are the truth at those places.

    Raises:
        AnswerError: If the file is of another task.
    """
    samples = list(_samples(path))
    ids = _ids(samples, clips) or _ids_by_place(samples, clips)
    if ids is None or not _targets_fit(samples, ids, clips):
        task = _TASK.search(path.name)
        name = f" {task['task']!r}" if task else ""
        raise AnswerError(
            f"{path}: these samples are of another task{name}: neither their ids nor their "
            f"targets are those of {clips.name}"
        )
    answers = tuple(
        RawAnswer(clip_id, reply=_reply(sample), status=_status(sample))
        for clip_id, sample in zip(ids, samples, strict=True)
    )
    model = path.parent.name if _TASK.search(path.name) and path.parent.name else path.stem
    return AnswerFile(model, "", path, answers, labelled=False)


def _samples(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeError as error:
        raise AnswerError(f"{path}: is no text in UTF-8") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            sample = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise AnswerError(f"{path}: line {number} is no JSON: {error}") from error
        if not isinstance(sample, dict) or not is_lmms_eval(sample):
            raise AnswerError(f"{path}: line {number} is no sample of lmms-eval")
        yield sample


def _ids(samples: list[dict[str, Any]], clips: EvaluationSet) -> list[str] | None:
    """Return the ids under the first key whose values are ids of the set."""
    for key in ID_KEYS:
        for place in _places(samples[0], key):
            found = [_value(sample, place) for sample in samples]
            known = [value for value in found if value is not None and _knows(clips, str(value))]
            if len(known) >= _LEAST_KNOWN * len(samples) and None not in found:
                return [str(value) for value in found]
    return None


def _places(sample: dict[str, Any], key: str) -> Iterator[tuple[str, ...]]:
    """Give the ways to a key: in the sample itself, or in one of its objects."""
    yield (key,)
    for name, inner in sample.items():
        if isinstance(inner, dict) and key in inner:
            yield (name, key)


def _value(sample: Any, place: tuple[str, ...]) -> str | int | None:
    for key in place:
        sample = sample.get(key) if isinstance(sample, dict) else None
    return sample if isinstance(sample, (str, int)) else None


def _ids_by_place(samples: list[dict[str, Any]], clips: EvaluationSet) -> list[str] | None:
    places = [sample["doc_id"] for sample in samples]
    if not all(isinstance(place, int) and 0 <= place < len(clips) for place in places):
        return None
    for sample, place in zip(samples, places, strict=True):
        if clips.classes.place_of_truth(str(sample.get("target"))) != clips.truth[place]:
            return None
    return [clips.clip_ids[place] for place in places]


def _targets_fit(samples: list[dict[str, Any]], ids: list[str], clips: EvaluationSet) -> bool:
    """Return whether the targets, where the samples have any, are mostly the set's truth."""
    compared = fitting = 0
    for sample, clip_id in zip(samples, ids, strict=True):
        place, target = clips.place(clip_id), sample.get("target")
        if place is None or target in (None, "", "None"):
            continue
        compared += 1
        fitting += clips.classes.place_of_truth(str(target)) == clips.truth[place]
    return fitting >= _LEAST_KNOWN * compared


def _knows(clips: EvaluationSet, clip_id: str) -> bool:
    return clips.place(clip_id) is not None or clips.left_out_reason(clip_id) is not None


def _status(sample: dict[str, Any]) -> str | None:
    """Return why there is no label, which this project's own files of samples say."""
    return STATUS_OF.get(str(sample.get("status")).casefold())


def _reply(sample: dict[str, Any]) -> str | None:
    """Return the model's own words, as they were before the task's filters where both are kept."""
    for key in ("resps", "filtered_resps"):
        value = sample.get(key)
        while isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str):
            return value
    return None
