"""A set of clips that models are scored on: ids, films, truth, and what was left out and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from libra_emo.evaluation.sets.set_classes import SetClasses, SetError

LEFT_OUT_COLUMNS = ("clip_id", "reason")
_ENDING = re.compile(r"\.(?:mp4|avi|mkv|mov|webm|flv|wav|mp3)$", re.IGNORECASE)
_CLIP_ID = re.compile(r"(?P<film>.+)-\d{8}-\d{8}")  # the project's own ids


@dataclass(frozen=True)
class OwnersClips:
    """What an adapter reads from the files of a set's owners.

    Attributes:
        clips: One row a clip: clip_id, label (the owners' name or code), and film where known.
        left_out: One row a clip that is not scored: clip_id, reason.
        source: The file that the truth comes from.
    """

    clips: pd.DataFrame
    left_out: pd.DataFrame
    source: Path


@dataclass(frozen=True)
class EvaluationSet:
    """Clips with their truth.

    Attributes:
        name: Name by which the set is asked for.
        classes: Its classes.
        clip_ids: Ids of the clips that are scored.
        truth: Place of each clip's true class.
        film: Film of each clip; where no film is known, the clip's own id.
        films_known: Whether the films are known.
        left_out: One row a clip that is not scored: clip_id, reason.
        source: The file that the truth comes from.
    """

    name: str
    classes: SetClasses
    clip_ids: tuple[str, ...]
    truth: tuple[int, ...]
    film: tuple[str, ...]
    films_known: bool
    left_out: pd.DataFrame
    source: Path
    _places: dict[str, int] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._places.update({clip: place for place, clip in enumerate(self.clip_ids)})

    def __len__(self) -> int:
        return len(self.clip_ids)

    def place(self, clip_id: str) -> int | None:
        """Return the place of a clip; its id may have a folder, an ending, or fewer zeros."""
        found = self._places.get(clip_id)
        return self._places.get(self._plain(clip_id)) if found is None else found

    def left_out_reason(self, clip_id: str) -> str | None:
        """Return why a clip is not scored, or None."""
        return self._reasons.get(clip_id) or self._reasons.get(self._plain(clip_id))

    @cached_property
    def _reasons(self) -> dict[str, str]:
        return dict(zip(self.left_out["clip_id"], self.left_out["reason"], strict=True))

    def _plain(self, clip_id: str) -> str:
        return plain_id(clip_id, self.classes.id_digits)


def plain_id(value: object, digits: int = 0) -> str:
    """Return an id without folder and film ending, a number filled up with zeros."""
    name = _ENDING.sub("", str(value).strip().replace("\\", "/").rpartition("/")[2])
    return name.zfill(digits) if digits and name.isdigit() else name


def build_set(name: str, classes: SetClasses, owners: OwnersClips) -> EvaluationSet:
    """Return a set from what its owners' files say, checked.

    Raises:
        SetError: If there is no clip, a clip stands twice, or a label belongs to no class.
    """
    clips, source = owners.clips, owners.source
    if clips.empty:
        raise SetError(f"{source}: there is no clip with a truth")
    ids = [plain_id(value, classes.id_digits) for value in clips["clip_id"]]
    _refuse_twice(ids, source)
    places = [classes.place_of_truth(label) for label in clips["label"]]
    if None in places:
        row = places.index(None)
        raise SetError(
            f"{source}: clip {ids[row]} has the label {str(clips['label'].iloc[row])!r}; the "
            f"classes of {classes.title} are {', '.join(classes.names)}"
        )
    film, films_known = _films(ids, clips)
    return EvaluationSet(
        name,
        classes,
        tuple(ids),
        tuple(place for place in places if place is not None),
        film,
        films_known,
        owners.left_out[list(LEFT_OUT_COLUMNS)].reset_index(drop=True),
        source,
    )


def left_out_rows(clip_ids: Sequence[str], reason: str) -> pd.DataFrame:
    """Return clips that are left out for one reason."""
    return pd.DataFrame({"clip_id": list(clip_ids), "reason": reason}, dtype="str")


def film_of(clip_id: str) -> str | None:
    """Return the film of a clip by the project's own form of ids, or None."""
    found = _CLIP_ID.fullmatch(clip_id)
    return found["film"] if found else None


def _films(ids: list[str], clips: pd.DataFrame) -> tuple[tuple[str, ...], bool]:
    given = clips["film"].tolist() if "film" in clips.columns else [film_of(clip) for clip in ids]
    known = [not pd.isna(film) for film in given]
    if not any(known):
        return tuple(ids), False
    named = zip(given, ids, known, strict=True)
    return tuple(str(film) if is_known else clip for film, clip, is_known in named), True


def _refuse_twice(ids: list[str], source: Path) -> None:
    seen: set[str] = set()
    for clip in ids:
        if clip in seen:
            raise SetError(f"{source}: clip {clip} stands twice")
        seen.add(clip)
