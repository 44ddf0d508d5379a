"""The search for leaks between the bench and the clips that models are trained on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd

from libra_emo.leakage.fingerprints import Fingerprint, join_bits
from libra_emo.leakage.similarity import (
    FRAME_BITS,
    WORDS,
    find_agreement,
    frame_distances,
)
from libra_emo.media.shards import ShardReader, read_ahead

COLUMNS = ("clip_id", "source_id", "bench_clip", "bench_film", "kind")
_FRAMES_AT_ONCE = 4_000_000  # pairs of frames that are compared at once


def find_leaks(
    bench: pd.DataFrame, pool: pd.DataFrame, sources: pd.DataFrame, clip_shards: ShardReader
) -> pd.DataFrame:
    """Return the clips of the pool that show what the bench shows, one row for each reason.

    Args:
        bench: Candidates of the bench.
        pool: Candidates that models may be trained on.
        sources: Sources, for the films' checksums.
        clip_shards: Frames and sound of both.

    Returns:
        clip_id and source_id of the clip of the pool; bench_clip and bench_film; kind:

        - `film`: The film is one of the bench.
        - `overlap`: It shares seconds with the bench clip.
        - `checksum`: Its film has the same bytes as a film of the bench.
        - `near-duplicate (…)`: Frames, sound or words are those of the bench clip, as named.
    """
    near = pd.DataFrame(_near_duplicates(bench, pool, clip_shards), columns=list(COLUMNS))
    found = [_same_film(bench, pool), _same_checksum(bench, pool, sources), near.astype("str")]
    table = pd.concat(found, ignore_index=True).drop_duplicates()
    return table.sort_values(list(COLUMNS), ignore_index=True)


def _same_film(bench: pd.DataFrame, pool: pd.DataFrame) -> pd.DataFrame:
    both = pool.merge(bench, on="source_id", suffixes=("", "_bench"))
    starts_before_end = both["start_s"] < both["end_s_bench"]
    ends_after_start = both["start_s_bench"] < both["end_s"]
    kind = np.where(starts_before_end & ends_after_start, "overlap", "film")
    return _rows(both.assign(source_id_bench=both["source_id"], kind=kind))


def _same_checksum(bench: pd.DataFrame, pool: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    checksums = sources.set_index("source_id")["sha256"]
    first = bench.drop_duplicates("source_id")
    held_out = first.assign(sha256=first["source_id"].map(checksums)).dropna(subset="sha256")
    others = pool.assign(sha256=pool["source_id"].map(checksums))
    both = others.merge(held_out, on="sha256", suffixes=("", "_bench"))
    return _rows(both[both["source_id"] != both["source_id_bench"]].assign(kind="checksum"))


def _rows(both: pd.DataFrame) -> pd.DataFrame:
    names = {"clip_id_bench": "bench_clip", "source_id_bench": "bench_film"}
    return both.rename(columns=names)[list(COLUMNS)].astype("str")


def _near_duplicates(
    bench: pd.DataFrame, pool: pd.DataFrame, clip_shards: ShardReader
) -> Iterator[tuple[str, ...]]:
    held_out = list(take_fingerprints(bench, clip_shards))
    if not held_out:
        return
    films = dict(zip(bench["clip_id"], bench["source_id"], strict=True))
    index = _BenchIndex(held_out)
    sources = dict(zip(pool["clip_id"], pool["source_id"], strict=True))
    for clip in take_fingerprints(pool[~pool["source_id"].isin(films.values())], clip_shards):
        for other in index.find_candidates(clip):
            agreeing = find_agreement(other, clip)
            if agreeing:
                kind = f"near-duplicate ({', '.join(agreeing)})"
                film = films[other.clip_id]
                yield clip.clip_id, sources[clip.clip_id], other.clip_id, film, kind


def take_fingerprints(clips: pd.DataFrame, clip_shards: ShardReader) -> Iterator[Fingerprint]:
    """Yield the fingerprint of each clip, in the order of the table."""
    with read_ahead(clip_shards, clips["clip_id"]) as source:
        for clip_id, subtitle in zip(clips["clip_id"], clips["subtitle"], strict=True):
            yield Fingerprint(clip_id, subtitle, source)


class _BenchIndex:
    """The bench's fingerprints, so that not every pair of clips must be compared."""

    def __init__(self, clips: list[Fingerprint]) -> None:
        self.clips = clips
        self._words: dict[str, list[int]] = defaultdict(list)
        for place, clip in enumerate(clips):
            if len(clip.words) >= WORDS:
                self._words[clip.words].append(place)
        self._frames = np.concatenate([clip.frames for clip in clips])
        self._frame_owners = np.repeat(np.arange(len(clips)), [len(clip.frames) for clip in clips])
        sounds = [join_bits(clip.sound) for clip in clips]
        owners = np.repeat(np.arange(len(clips)), [len(sound) for sound in sounds])
        joined = np.concatenate(sounds)
        order = np.argsort(joined, kind="stable")
        self._sounds, self._sound_owners = joined[order], owners[order]

    def find_candidates(self, clip: Fingerprint) -> list[Fingerprint]:
        """Return the clips of the bench that share a frame, moments of sound or the words."""
        places = {*self._words.get(clip.words, ()), *self._like_frames(clip)}
        places |= self._like_sound(clip)
        return [self.clips[place] for place in sorted(places)]

    def _like_frames(self, clip: Fingerprint) -> set[int]:
        found: set[int] = set()
        step = max(1, _FRAMES_AT_ONCE // max(1, len(clip.frames)))
        for start in range(0, len(self._frames), step):
            differing = frame_distances(self._frames[start : start + step], clip.frames)
            near = (differing <= FRAME_BITS).any(axis=1)
            found |= set(self._frame_owners[start : start + step][near].tolist())
        return found

    def _like_sound(self, clip: Fingerprint) -> set[int]:
        """Return the clips with at least two moments of sound that are the same to the bit."""
        moments = np.unique(join_bits(clip.sound))
        first = np.searchsorted(self._sounds, moments, "left")
        last = np.searchsorted(self._sounds, moments, "right")
        owners = [self._sound_owners[one:end] for one, end in zip(first, last, strict=True)]
        counts = np.bincount(np.concatenate(owners), minlength=1) if owners else np.zeros(1)
        return set(np.flatnonzero(counts >= 2).tolist())
