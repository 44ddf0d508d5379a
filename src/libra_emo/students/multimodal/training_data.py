"""What a training learns from, and what it is scored on meanwhile: examples, film by film."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from libra_emo.media.shards import ShardReader
from libra_emo.students.multimodal.examples import read_turns
from libra_emo.students.multimodal.holding_out import hold_out_films
from libra_emo.students.multimodal.training.options import FineTuningOptions

Row = dict[str, Any]

READ_CLIPS = 64

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Material:
    """Examples of one training.

    Attributes:
        rows: Of `conversations`.
        films: The film of each row's clip.
        held: Films of which no clip is learnt; the training is scored on them as it goes.
        shards: Gives the clips.
    """

    rows: list[Row]
    films: pd.Series
    held: frozenset[str]
    shards: ShardReader

    @property
    def learnt(self) -> list[Row]:
        """The rows that are learnt."""
        return self._rows(held=False)

    @property
    def scored(self) -> list[Row]:
        """The rows that are held out."""
        return self._rows(held=True)

    @property
    def answers(self) -> list[str]:
        """The label of each row that is learnt."""
        return [_label(row) for row in self.learnt]

    @property
    def explained(self) -> bool:
        """Whether any answer carries an explanation."""
        return any("\n" in (read_turns(row)[1] or "") for row in self.rows)

    def without(self, films: Collection[str]) -> Material:
        """Return the rows of other films, all of them to be learnt."""
        kept = ~self.films.isin(films)
        rows = [row for row, stays in zip(self.rows, kept, strict=True) if stays]
        films_left = self.films[kept].reset_index(drop=True)
        return replace(self, rows=rows, films=films_left, held=frozenset())

    def _rows(self, held: bool) -> list[Row]:
        pairs = zip(self.rows, self.films, strict=True)
        return [row for row, film in pairs if (film in self.held) == held]


def gather_material(
    rows: list[Row],
    film_of: Mapping[str, str],
    shards: ShardReader,
    tuning: FineTuningOptions,
    seed: int,
) -> Material:
    """Return the rows of clips whose film is known, with some films held out.

    Args:
        rows: Of `conversations`.
        film_of: Clip → film, of all clips that may be learnt.
        shards: Gives the clips.
        tuning: How much is held out.
        seed: Of the films that are.
    """
    known = [row for row in rows if row["clip_id"] in film_of]
    films = pd.Series([film_of[row["clip_id"]] for row in known], dtype=object)
    held = hold_out_films(films, tuning.validation_fraction, tuning.validation_clips, seed)
    if not held and tuning.validation_fraction:
        logger.info("no film is small enough to be held out: the training is not scored")
    return Material(known, films, frozenset(held), shards)


def _label(row: Row) -> str:
    return (read_turns(row)[1] or "").partition("\n")[0]


def digest_clips(clip_ids: Sequence[str], shards: ShardReader) -> str:
    """Return a digest of clips: all their ids, and frames and sound of some 64 of them.

    An id holds its film's digest and its times; what is read besides tells of another size,
    number or quality of frames.
    """
    names = sorted(clip_ids)
    digest = hashlib.sha256("\n".join(names).encode())
    for place in range(0, len(names), max(1, len(names) // READ_CLIPS)):
        for ending, content in sorted(shards.raw(names[place]).items()):
            digest.update(ending.encode() + b"\0" + content)
    return digest.hexdigest()
