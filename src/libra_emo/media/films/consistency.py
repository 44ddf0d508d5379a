"""What comes in is what goes out: the sums that the tables and files of a run must hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from libra_emo.errors import LibraEmoError
from libra_emo.media.films.clip_ledger import MISSING_END_MS
from libra_emo.media.shards import ShardReader

WHOLE_FILM = ("unreadable", "refused")  # outcomes of a film that gave no scene


class UnbalancedRun(LibraEmoError):
    """Something got lost, or came twice, between two steps; a fault of the program."""


def check_ledger(sources: pd.DataFrame, ledger: pd.DataFrame) -> None:
    """Raise unless each film's scenes tile it, and each scene or film has its one outcome.

    The scenes run from 0 to the film's end without gap or overlap. A film without scenes has one
    row, which says that it is unreadable or refused. Just the kept rows name a clip.

    Args:
        sources: Sources.
        ledger: ClipLedger.

    Raises:
        UnbalancedRun: Naming the first film and place that does not fit.
    """
    _same("sources", sources["source_id"], "films of clip_ledger", ledger["source_id"].unique())
    named = ledger["clip_id"].notna()
    for film in ledger.loc[named != (ledger["outcome"] == "kept"), "source_id"].head(1):
        raise _unbalanced(f"{film}: a row of clip_ledger is kept without a clip, or the reverse")
    timed = ledger["start_s"].notna()
    whole = ledger[~timed]
    alone = ~whole["source_id"].duplicated(keep=False) & ~whole["source_id"].isin(
        ledger.loc[timed, "source_id"]
    )
    for film in whole.loc[~alone | ~whole["outcome"].isin(WHOLE_FILM), "source_id"].head(1):
        raise _unbalanced(f"{film}: a row of clip_ledger has no times beside those of scenes")
    _check_tiling(sources, ledger[timed])


def check_clips(ledger: pd.DataFrame, candidates: pd.DataFrame, index: pd.DataFrame) -> None:
    """Raise unless the ledger's kept rows, the candidates and the index of shards agree.

    Args:
        ledger: ClipLedger.
        candidates: Candidates.
        index: Columns clip_id and shard.

    Raises:
        UnbalancedRun: Naming the first clip that does not fit.
    """
    columns = ["clip_id", "source_id", "start_s", "end_s"]
    kept = ledger.loc[ledger["outcome"] == "kept", columns]
    _same("kept rows of clip_ledger", kept["clip_id"], "candidates", candidates["clip_id"])
    _same("candidates", candidates["clip_id"], "the index of shards", index["clip_id"])
    merged = kept.merge(candidates[columns], on=columns)
    for clip in kept.loc[~kept["clip_id"].isin(merged["clip_id"]), "clip_id"].head(1):
        raise _unbalanced(f"{clip}: clip_ledger and candidates give it different times")


def check_files(index: pd.DataFrame, clips_folder: Path, shards_folder: Path) -> None:
    """Raise unless there is one clip file, and one place in its shard, for each clip.

    Raises:
        UnbalancedRun: Naming the first clip that does not fit.
    """
    files = [path.stem for path in clips_folder.glob("*.mp4")]
    _same("the index of shards", index["clip_id"], f"clip files in {clips_folder.name}", files)
    shards = [path.name for path in shards_folder.glob("*.tar")]
    _same("the index of shards", index["shard"].unique(), "shards", shards)
    for shard, rows in index.groupby("shard", sort=True):
        inside = ShardReader(shards_folder, [str(shard)]).clip_ids()
        _same("the index of shards", rows["clip_id"], str(shard), inside)


def check_features(candidates: pd.DataFrame, features: pd.DataFrame) -> None:
    """Raise unless each candidate was measured once.

    Raises:
        UnbalancedRun: Naming the first clip that does not fit.
    """
    _same("candidates", candidates["clip_id"], "features", features["clip_id"])


def _check_tiling(sources: pd.DataFrame, scenes: pd.DataFrame) -> None:
    scenes = scenes.sort_values(["source_id", "start_s"], ignore_index=True)
    start = (scenes["start_s"] * 1000).round()
    end = (scenes["end_s"] * 1000).round()
    first = ~scenes["source_id"].duplicated()
    before = end.shift(fill_value=0).mask(first, 0)
    for place in scenes.index[(start != before) | (end <= start)][:1]:
        film = scenes["source_id"][place]
        raise _unbalanced(
            f"{film}: a scene of clip_ledger ends at {before[place]:.0f} ms and the next is "
            f"{start[place]:.0f} to {end[place]:.0f} ms"
        )
    ends = end.groupby(scenes["source_id"]).max()
    lengths = (sources.set_index("source_id")["duration_s"] * 1000).round()
    missing = lengths.reindex(ends.index) - ends
    for film in missing.index[missing > MISSING_END_MS][:1]:
        raise _unbalanced(
            f"{film}: it lasts {lengths[film]:.0f} ms and clip_ledger ends at {ends[film]:.0f} ms"
        )


def _same(what: str, here: Iterable[str], other: str, there: Iterable[str]) -> None:
    """Raise unless both hold the same names, each as often."""
    ours, theirs = Counter(here), Counter(there)
    if ours == theirs:
        return
    lost = sorted(((ours - theirs) or (theirs - ours)).elements())
    where = what if ours - theirs else other
    raise _unbalanced(
        f"{ours.total()} {what} and {theirs.total()} {other}; {lost[0]} is the first "
        f"of {len(lost)} in {where} alone"
    )


def _unbalanced(told: str) -> UnbalancedRun:
    return UnbalancedRun(f"the run does not balance: {told}; please report this with the film")
