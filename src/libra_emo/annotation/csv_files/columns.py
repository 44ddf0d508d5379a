"""Which column of a file holds what, by the names that spreadsheets and tools give them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# each in the order of preference, those of Label Studio and Potato too
NAMES: Final = {
    "campaign": ("campaign", "round", "任务", "轮次", "批次"),
    "clip_id": (
        *("clip_id", "clip", "instance_id", "clip_path", "video", "video_path", "filename", "file"),
        "task",
        *("片段", "片段编号", "视频", "文件名", "文件"),
    ),
    "annotator": (
        *("annotator", "annotator_id", "user", "user_id", "username", "worker", "completed_by"),
        *("name", "标注者", "标注员", "标注人", "姓名"),
    ),
    "label": (
        *("label", "emotion", "answer", "choice", "choices", "vote"),
        *("标签", "情感", "情绪", "答案"),
    ),
    "voted_at": (
        "voted_at",
        "created_at",
        "updated_at",
        "timestamp",
        "time",
        "date",
        "时间",
        "日期",
    ),
    "seconds": ("seconds", "lead_time", "duration", "用时", "秒"),
}
REQUIRED: Final = ("clip_id", "annotator", "label")
OPTIONAL: Final = ("campaign", "voted_at", "seconds")
CHOICE_MARK: Final = ":::"  # Potato has a column `schema:::label` for each label
_SEPARATING: Final = re.compile(r"[\s_\-.]+")


@dataclass(frozen=True)
class Columns:
    """The places of the columns of a file.

    Attributes:
        places: Field → place of its column.
        choices: Place → label, for files with a column for each label.
    """

    places: dict[str, int]
    choices: dict[int, str]

    @property
    def missing(self) -> list[str]:
        """The required fields that have no column."""
        has = {*self.places, *(("label",) if self.choices else ())}
        return [field for field in REQUIRED if field not in has]


def find_columns(header: list[str]) -> Columns:
    """Return the columns whose names are known; case, spaces and dashes make no difference."""
    names = [_plain(name) for name in header]
    places = {}
    for field, known in NAMES.items():
        found = [names.index(_plain(name)) for name in known if _plain(name) in names]
        if found:
            places[field] = found[0]
    choices = {
        place: name.rsplit(CHOICE_MARK, 1)[1].strip()
        for place, name in enumerate(header)
        if CHOICE_MARK in name
    }
    return Columns(places, {} if "label" in places else choices)


def count_known(header: list[str]) -> int:
    """Return how many columns of a header are known."""
    columns = find_columns(header)
    return len(columns.places) + len(columns.choices)


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold().strip().lstrip("\ufeff'")
    return _SEPARATING.sub("_", folded)
