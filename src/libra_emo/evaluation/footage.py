"""What the films gave: hours and clips by theme, language, outcome, length and faces."""

from __future__ import annotations

import numpy as np
import pandas as pd

from libra_emo.schemas import OUTCOMES

COLUMNS = ("by", "value", "films", "scenes", "hours", "clips", "clip_hours", "clip_share")
NOT_TOLD = "not told"
FACE_SHARES = ((1.0, "100 %"), (0.99, "99 to 100 %"), (0.9, "90 to 99 %"), (0.0, "under 90 %"))


def summarise_footage(
    sources: pd.DataFrame, ledger: pd.DataFrame, candidates: pd.DataFrame
) -> pd.DataFrame:
    """Return how much there was and how much was kept, all in all and by several marks.

    A film that gave no scene counts with its length, where that is known. Lengths of clips and the
    shares of their frames with a face are known of kept clips alone.

    Args:
        sources: Sources.
        ledger: ClipLedger.
        candidates: Candidates.

    Returns:
        by (all, theme, language, outcome, clip_length, face_share), value, films, scenes, hours,
        clips, clip_hours, and clip_share: the kept part of the hours.
    """
    films = sources.set_index("source_id")
    rows = ledger.merge(candidates[["clip_id", "face_ratio"]], on="clip_id", how="left")
    known = films["duration_s"].reindex(rows["source_id"]).to_numpy(dtype=float)
    seconds = (rows["end_s"] - rows["start_s"]).to_numpy(dtype=float)
    rows["seconds"] = np.nan_to_num(np.where(np.isnan(seconds), known, seconds))
    rows["is_scene"] = rows["start_s"].notna()
    for name in ("theme", "language"):
        told = films[name].reindex(rows["source_id"]).to_numpy(dtype=object)
        rows[name] = pd.Series(told, index=rows.index).fillna(NOT_TOLD)
    rows["all"] = "all"
    kept = rows[rows["outcome"] == "kept"]
    kept = kept.assign(
        clip_length=_tell_lengths(kept["seconds"]), face_share=_tell_shares(kept["face_ratio"])
    )
    parts = [_sum_up(rows, name) for name in ("all", "theme", "language", "outcome")]
    parts += [_sum_up(kept, name) for name in ("clip_length", "face_share")]
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def _sum_up(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    kept = rows["outcome"] == "kept"
    groups = rows.assign(
        clips=kept.astype(int), clip_seconds=rows["seconds"].where(kept, 0.0)
    ).groupby(by, sort=False)
    table = pd.DataFrame(
        {
            "films": groups["source_id"].nunique(),
            "scenes": groups["is_scene"].sum(),
            "hours": (groups["seconds"].sum() / 3600).round(6),
            "clips": groups["clips"].sum(),
            "clip_hours": (groups["clip_seconds"].sum() / 3600).round(6),
        }
    ).astype({"films": int, "scenes": int, "clips": int})
    table["clip_share"] = (table["clip_hours"] / table["hours"].where(table["hours"] > 0)).round(4)
    table = table.rename_axis("value").reset_index().assign(by=by)
    return table.iloc[_order(by, table)]


def _order(by: str, table: pd.DataFrame) -> list[int]:
    """Return the places of the rows as they are to stand: by their kind, or the longest first."""
    values = table["value"].to_list()
    places = range(len(values))
    if by == "outcome":
        return sorted(places, key=lambda place: OUTCOMES.index(values[place]))
    if by == "clip_length":
        return sorted(places, key=lambda place: int(values[place].split()[0]))
    if by == "face_share":
        names = [name for _, name in FACE_SHARES]
        return sorted(places, key=lambda place: names.index(values[place]))
    return sorted(places, key=lambda place: (-table["hours"][place], values[place]))


def _tell_lengths(seconds: pd.Series) -> list[str]:
    """Return the whole seconds between which each length lies; 4 s is in `3 to 4 s`."""
    return [f"{max(0, up - 1)} to {up} s" for up in np.ceil(seconds.round(3)).astype(int)]


def _tell_shares(ratios: pd.Series) -> list[str]:
    return [next(name for least, name in FACE_SHARES if ratio >= least) for ratio in ratios]
