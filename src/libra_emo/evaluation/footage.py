"""The footage: hours and clips by theme, language, outcome, length and share of faces."""

from __future__ import annotations

import numpy as np
import pandas as pd

from libra_emo.schemas import OUTCOMES

COLUMNS = ("by", "value", "films", "scenes", "hours", "clips", "clip_hours", "clip_share")
UNKNOWN = "unknown"
FACE_SHARES = ((1.0, "100 %"), (0.99, "99 to 100 %"), (0.9, "90 to 99 %"), (0.0, "under 90 %"))


def summarise_footage(
    sources: pd.DataFrame, ledger: pd.DataFrame, candidates: pd.DataFrame
) -> pd.DataFrame:
    """Return how much footage there was and how much was kept, in total and by group.

    A film without scenes counts with its length, if that is known. The length of clips and the
    share of their frames with a face are known for kept clips only.

    Args:
        sources: The films, as Sources.
        ledger: The scenes, as ClipLedger.
        candidates: The kept clips, as Candidates.

    Returns:
        One row per group: by (all, theme, language, outcome, clip_length, face_share), value,
        films, scenes, hours, clips, clip_hours, and clip_share, the kept share of the hours.
    """
    films = sources.set_index("source_id")
    rows = ledger.merge(candidates[["clip_id", "face_ratio"]], on="clip_id", how="left")
    known = films["duration_s"].reindex(rows["source_id"]).to_numpy(dtype=float)
    seconds = (rows["end_s"] - rows["start_s"]).to_numpy(dtype=float)
    rows["seconds"] = np.nan_to_num(np.where(np.isnan(seconds), known, seconds))
    rows["is_scene"] = rows["start_s"].notna()
    for name in ("theme", "language"):
        values = films[name].reindex(rows["source_id"]).to_numpy(dtype=object)
        rows[name] = pd.Series(values, index=rows.index).fillna(UNKNOWN)
    rows["all"] = "all"
    kept = rows[rows["outcome"] == "kept"]
    kept = kept.assign(
        clip_length=_name_lengths(kept["seconds"]),
        face_share=_name_face_shares(kept["face_ratio"]),
    )
    groups = [_sum_up(rows, name) for name in ("all", "theme", "language", "outcome")]
    groups += [_sum_up(kept, name) for name in ("clip_length", "face_share")]
    return pd.concat(groups, ignore_index=True)[list(COLUMNS)]


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
    """Return the positions of the rows in their order: by value, or the longest first."""
    values = table["value"].to_list()
    positions = range(len(values))
    if by == "outcome":
        return sorted(positions, key=lambda position: OUTCOMES.index(values[position]))
    if by == "clip_length":
        return sorted(positions, key=lambda position: int(values[position].split()[0]))
    if by == "face_share":
        names = [name for _, name in FACE_SHARES]
        return sorted(positions, key=lambda position: names.index(values[position]))
    return sorted(positions, key=lambda position: (-table["hours"][position], values[position]))


def _name_lengths(seconds: pd.Series) -> list[str]:
    """Return the interval of whole seconds of each length; 4 s is in `3 to 4 s`."""
    return [f"{max(0, up - 1)} to {up} s" for up in np.ceil(seconds.round(3)).astype(int)]


def _name_face_shares(ratios: pd.Series) -> list[str]:
    return [next(name for least, name in FACE_SHARES if ratio >= least) for ratio in ratios]
