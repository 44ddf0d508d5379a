"""Checks that the tables and files of a run agree: nothing is lost, and nothing comes twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

import pandas as pd

from libra_emo.common.columns.codes import hold_same, is_among
from libra_emo.common.digests import digest_text
from libra_emo.common.integrity.stamps import FileMemory
from libra_emo.errors import LibraEmoError
from libra_emo.media.films.clip_ledger import MISSING_END_MS
from libra_emo.media.shards import ShardReader

WHOLE_FILM = ("unreadable", "refused")  # outcomes of films without scenes


class InconsistentRun(LibraEmoError):
    """Something was lost or duplicated between two steps, which is a fault of the program."""


def check_ledger(sources: pd.DataFrame, ledger: pd.DataFrame) -> None:
    """Raise unless the scenes of each film tile it, and each scene or film has one outcome.

    The scenes cover a film from 0 to its end without gap or overlap. A film without scenes has one
    row, with the outcome unreadable or refused. A row names a clip if and only if it is kept.

    Args:
        sources: Table of the schema Sources.
        ledger: Table of the schema ClipLedger.

    Raises:
        InconsistentRun: Naming the first film that is inconsistent.
    """
    _require_same(
        "sources", sources["source_id"], "films of clip_ledger", ledger["source_id"].unique()
    )
    named = ledger["clip_id"].notna()
    # `head(1)`: only the first film is named, if there is any
    for film in ledger.loc[named != (ledger["outcome"] == "kept"), "source_id"].head(1):
        raise _inconsistent(f"{film}: a row of clip_ledger is kept without a clip, or the reverse")
    timed = ledger["start_s"].notna()
    whole = ledger[~timed]
    alone = ~whole["source_id"].duplicated(keep=False) & ~is_among(
        whole["source_id"], ledger.loc[timed, "source_id"].unique()
    )
    for film in whole.loc[~alone | ~whole["outcome"].isin(WHOLE_FILM), "source_id"].head(1):
        raise _inconsistent(f"{film}: a row of clip_ledger has no times beside those of scenes")
    _check_tiling(sources, ledger[timed])


def check_clips(ledger: pd.DataFrame, candidates: pd.DataFrame, index: pd.DataFrame) -> None:
    """Raise unless the kept rows of the ledger, the candidates and the index of shards agree.

    Args:
        ledger: Table of the schema ClipLedger.
        candidates: Table of the schema Candidates.
        index: Table with the columns clip_id and shard.

    Raises:
        InconsistentRun: Naming the first clip that is inconsistent.
    """
    columns = ["source_id", "start_s", "end_s"]
    kept = ledger.loc[ledger["outcome"] == "kept", ["clip_id", *columns]]
    _require_same("kept rows of clip_ledger", kept["clip_id"], "candidates", candidates["clip_id"])
    _require_same("candidates", candidates["clip_id"], "the index of shards", index["clip_id"])
    places = pd.Index(candidates["clip_id"]).get_indexer(kept["clip_id"])
    other = candidates[columns].take(places).set_axis(kept.index)
    differs = (kept[columns] != other).any(axis=1)
    for clip in kept.loc[differs, "clip_id"].head(1):
        raise _inconsistent(f"{clip}: clip_ledger and candidates give it different times")


def check_files(
    index: pd.DataFrame,
    clips_folder: Path,
    shards_folder: Path,
    memory: FileMemory | None = None,
) -> None:
    """Raise unless each clip has one clip file, and one entry in its shard.

    Args:
        index: Table with the columns clip_id and shard.
        clips_folder: Folder of the clip files.
        shards_folder: Folder of the shards.
        memory: Memory of the clips in shards; a shard that it knows is not opened.

    Raises:
        InconsistentRun: Naming the first clip that is inconsistent.
    """
    files = [path.stem for path in clips_folder.glob("*/*.mp4")]
    _require_same(
        "the index of shards", index["clip_id"], f"clip files in {clips_folder.name}", files
    )
    shards = [path.name for path in shards_folder.glob("*.tar")]
    _require_same("the index of shards", index["shard"].unique(), "shards", shards)
    files_known = memory or FileMemory()
    clips: dict[str, list[str]] = {}
    for shard, clip_id in zip(index["shard"], index["clip_id"], strict=True):
        clips.setdefault(str(shard), []).append(clip_id)
    for shard, wanted in sorted(clips.items()):
        if files_known.recall(shards_folder / shard, _digest_clips) != _digest_names(wanted):
            inside = ShardReader(shards_folder, [shard]).clip_ids()
            _require_same("the index of shards", wanted, shard, inside)


def _digest_clips(shard: Path) -> str:
    return _digest_names(ShardReader(shard.parent, [shard.name]).clip_ids())


def _digest_names(names: Iterable[str]) -> str:
    return digest_text("\n".join(sorted(names)))


def check_features(candidates: pd.DataFrame, features: pd.DataFrame) -> None:
    """Raise unless each candidate has features, and has them once.

    Raises:
        InconsistentRun: Naming the first clip that is inconsistent.
    """
    _require_same("candidates", candidates["clip_id"], "features", features["clip_id"])


def _check_tiling(sources: pd.DataFrame, scenes: pd.DataFrame) -> None:
    scenes = scenes.sort_values(["source_id", "start_s"], ignore_index=True)
    start = (scenes["start_s"] * 1000).round()
    end = (scenes["end_s"] * 1000).round()
    first = ~scenes["source_id"].duplicated()
    before = end.shift(fill_value=0).mask(first, 0)
    for place in scenes.index[(start != before) | (end <= start)][:1]:
        film = scenes["source_id"][place]
        raise _inconsistent(
            f"{film}: a scene of clip_ledger ends at {before[place]:.0f} ms and the next is "
            f"{start[place]:.0f} to {end[place]:.0f} ms"
        )
    ends = end.groupby(scenes["source_id"]).max()
    lengths = (sources.set_index("source_id")["duration_s"] * 1000).round()
    missing = lengths.reindex(ends.index) - ends
    for film in missing.index[missing > MISSING_END_MS][:1]:
        raise _inconsistent(
            f"{film}: it lasts {lengths[film]:.0f} ms and clip_ledger ends at {ends[film]:.0f} ms"
        )


def _require_same(
    first_title: str, first: Collection[str], second_title: str, second: Collection[str]
) -> None:
    """Raise unless two collections hold the same names equally often."""
    if hold_same(first, second):
        return
    one, other = Counter(first), Counter(second)
    if one == other:
        return
    extra = sorted(((one - other) or (other - one)).elements())
    title = first_title if one - other else second_title
    raise _inconsistent(
        f"{one.total()} {first_title} and {other.total()} {second_title}; {extra[0]} is the first "
        f"of {len(extra)} in {title} alone"
    )


def _inconsistent(message: str) -> InconsistentRun:
    return InconsistentRun(f"the run is inconsistent: {message}; please report this with the film")
