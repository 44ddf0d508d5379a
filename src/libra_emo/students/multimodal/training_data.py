"""Training data: the examples of the labelled clips, some films of which are held out."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from libra_emo.common.digests import digest_bytes, digest_json
from libra_emo.common.seeding import draw_key
from libra_emo.media.shards import ShardReader, read_ahead
from libra_emo.students.multimodal.examples import read_turns
from libra_emo.students.options.fine_tuning import FineTuningOptions

Row = dict[str, Any]

DIGESTED_CLIPS = 64

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingData:
    """Examples of one training.

    Attributes:
        rows: Rows of `conversations`.
        films: Film of each row's clip.
        held_out: Films of which no clip is learnt; the training is scored on them.
        shards: Source of the clips.
    """

    rows: list[Row]
    films: pd.Series
    held_out: frozenset[str]
    shards: ShardReader

    @property
    def training_rows(self) -> list[Row]:
        """Rows that are learnt."""
        return self._rows(held_out=False)

    @property
    def validation_rows(self) -> list[Row]:
        """Rows that are held out."""
        return self._rows(held_out=True)

    @property
    def training_labels(self) -> list[str]:
        """Label of each row that is learnt."""
        return [_label(row) for row in self.training_rows]

    @property
    def explained(self) -> bool:
        """Whether any answer contains an explanation."""
        return any("\n" in (read_turns(row)[1] or "") for row in self.rows)

    def without(self, films: Collection[str]) -> TrainingData:
        """Return the rows of all other films, without any that are held out."""
        kept = ~self.films.isin(films)
        rows = [row for row, stays in zip(self.rows, kept, strict=True) if stays]
        films_left = self.films[kept].reset_index(drop=True)
        return replace(self, rows=rows, films=films_left, held_out=frozenset())

    def _rows(self, held_out: bool) -> list[Row]:
        pairs = zip(self.rows, self.films, strict=True)
        return [row for row, film in pairs if (film in self.held_out) == held_out]


def gather_training_data(
    rows: list[Row],
    film_of: Mapping[str, str],
    shards: ShardReader,
    options: FineTuningOptions,
    seed: int,
) -> TrainingData:
    """Return the rows of clips whose film is known, with some films held out.

    Args:
        rows: Rows of `conversations`.
        film_of: Clip → film, of all clips that may be learnt.
        shards: Source of the clips.
        options: How much is held out.
        seed: Seed of the choice of films.
    """
    known = [row for row in rows if row["clip_id"] in film_of]
    films = pd.Series([film_of[row["clip_id"]] for row in known], dtype=object)
    held_out = hold_out_films(films, options.validation_fraction, options.validation_clips, seed)
    if not held_out and options.validation_fraction:
        logger.info("no film is small enough to be held out: the training is not scored")
    return TrainingData(known, films, frozenset(held_out), shards)


def hold_out_films(films: pd.Series, fraction: float, most: int, seed: int) -> set[str]:
    """Return films to hold out, with at most a share of the clips together.

    Films are tried in an order that the seed draws, and taken while they fit. So a film that is
    added to the others moves none of them.

    Args:
        films: Film of each clip.
        fraction: Share of clips to hold out.
        most: Most clips to hold out.
        seed: Seed of the order.

    Returns:
        No film at all where even the smallest one has more clips than the share.
    """
    sizes = films.value_counts()
    room = min(int(len(films) * fraction), most)
    chosen: set[str] = set()
    for film in sorted(sizes.index, key=lambda name: draw_key(seed, "held out", name)):
        if sizes[film] <= room and len(chosen) + 1 < len(sizes):
            chosen.add(film)
            room -= int(sizes[film])
    return chosen


def digest_clips(clip_ids: Sequence[str], shards: ShardReader) -> str:
    """Return a digest of clips: all their ids, and frames and sound of some 64 of them.

    An id contains the digest of its film and its times. The content of some clips shows another
    size, number or quality of frames.
    """
    names = sorted(clip_ids)
    some = names[:: max(1, len(names) // DIGESTED_CLIPS)]
    with read_ahead(shards, some) as source:
        contents = [
            [ending, digest_bytes(content)]
            for name in some
            for ending, content in sorted(source.raw(name).items())
        ]
    return digest_json([names, contents])


def _label(row: Row) -> str:
    return (read_turns(row)[1] or "").partition("\n")[0]
