"""Label Studio's JSON: tasks with their annotations, as it exports and imports them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pandas as pd

from libra_emo.annotation.csv_files.cells import BadCell
from libra_emo.annotation.csv_files.columns import NAMES

FROM_NAME: Final = "emotion"  # the names of the question and of the video in Label Studio's setup
TO_NAME: Final = "video"
_NOT_TASKS: Final = "Label Studio's JSON is a list of tasks"


def write_tasks(counted: pd.DataFrame) -> str:
    """Return votes as Label Studio's JSON, a task a clip, an annotation a vote.

    Args:
        counted: HumanVotes with the store's columns; annotators are pseudonyms already.
    """
    plain = counted.astype(object).where(counted.notna(), None)
    tasks = []
    for number, (clip_id, votes) in enumerate(plain.groupby("clip_id", sort=True), start=1):
        rows = votes.to_dict("records")
        annotations = [_describe(row, place) for place, row in enumerate(rows, start=1)]
        data = {"clip_id": clip_id, "campaign": rows[0]["campaign"]}
        tasks.append({"id": number, "data": data, "annotations": annotations})
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def _describe(row: Mapping[Any, Any], place: int) -> dict[str, Any]:
    choice = {
        "from_name": FROM_NAME,
        "to_name": TO_NAME,
        "type": "choices",
        "value": {"choices": [row["label"]]},
    }
    return {
        "id": place,
        "unique_id": row["vote_id"],
        "completed_by": {"email": row["annotator"]},
        "created_at": row["voted_at"],
        "lead_time": row["seconds"],
        "was_cancelled": False,
        "result": [choice],
    }


def is_json(content: bytes) -> bool:
    """Return whether the content of a file begins as JSON does."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")


def read_annotations(
    content: bytes, is_clip: Callable[[str], bool]
) -> Iterator[tuple[int, dict[str, str] | BadCell]]:
    """Yield the number of each task with the cells of each of its annotations.

    The full export and the short one (JSON-MIN) are read. An annotation that was skipped has an
    empty answer.

    Args:
        content: The file.
        is_clip: Whether a text names a clip that is asked about.

    Raises:
        ValueError: If the file is no list of tasks.
    """
    try:
        tasks = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is no JSON: {error}") from error
    listed = [tasks] if isinstance(tasks, dict) else tasks
    if not isinstance(listed, list):
        raise ValueError(_NOT_TASKS)
    for number, task in enumerate(listed, start=1):
        if not isinstance(task, dict):
            yield number, BadCell("this is no task")
            continue
        full = isinstance(task.get("data"), dict)
        data = task["data"] if full else task
        shared = {"clip_id": _find_clip(data, is_clip), "campaign": _text(data.get("campaign"))}
        given = task.get("annotations", task.get("completions")) if full else [task]
        for annotation in given if isinstance(given, list) else []:
            if isinstance(annotation, dict):
                yield number, _pick(shared, annotation, full)
            else:
                yield number, BadCell("this is no annotation")


def _pick(
    shared: dict[str, str], annotation: Mapping[str, Any], full: bool
) -> dict[str, str] | BadCell:
    try:
        label = _find_choice(annotation) if full else _find_named(annotation, "label")
    except BadCell as error:
        return error
    return {
        **shared,
        "annotator": _find_annotator(annotation),
        "label": label,
        "voted_at": _text(annotation.get("created_at")),
        "seconds": _text(annotation.get("lead_time")),
        "vote_id": _text(annotation.get("unique_id")),
    }


def _find_clip(data: Mapping[str, Any], is_clip: Callable[[str], bool]) -> str:
    """Return the text that names a clip: of a known field, or any that a campaign asks about."""
    named = _find_named(data, "clip_id")
    if named and is_clip(named):
        return named
    texts = [value for value in data.values() if isinstance(value, str) and is_clip(value)]
    return texts[0] if texts else named


def _find_named(data: Mapping[str, Any], field: str) -> str:
    return next((text for name in NAMES[field] if (text := _text(data.get(name)))), "")


def _find_annotator(annotation: Mapping[str, Any]) -> str:
    by = annotation.get("completed_by")
    if isinstance(by, dict):
        by = by.get("email") or by.get("username") or by.get("id")
    return _text(by) or _find_named(annotation, "annotator")


def _find_choice(annotation: Mapping[str, Any]) -> str:
    """Return the answer of an annotation; empty if it was skipped.

    Raises:
        BadCell: If several answers are chosen.
    """
    results = annotation.get("result")
    if annotation.get("was_cancelled") or not isinstance(results, list):
        return ""
    chosen: list[object] = []
    for result in results:
        value = result.get("value") if isinstance(result, dict) else None
        choices = value.get("choices") if isinstance(value, dict) else None
        chosen += choices if isinstance(choices, list) else []
    if len(chosen) > 1:
        raise BadCell(f"{len(chosen)} answers are chosen; one is needed")
    return _text(chosen[0]) if chosen else ""


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()
