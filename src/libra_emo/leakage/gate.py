"""The gate before each training."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from libra_emo.errors import LibraEmoError

LISTED = 10


class LeakError(LibraEmoError):
    """A training set holds clips that show what the bench shows."""


def refuse_leaks(clip_ids: Iterable[str], leaks: pd.DataFrame) -> None:
    """Stop a training on clips that show what the bench shows.

    Args:
        clip_ids: Clips of the training set.
        leaks: Table of `find_leaks`.

    Raises:
        LeakError: If one of the clips is in the table; the message lists them with their reasons.
    """
    leaking = leaks[leaks["clip_id"].isin(set(clip_ids))].drop_duplicates("clip_id")
    if not len(leaking):
        return
    reasons = zip(leaking["clip_id"], leaking["kind"], leaking["bench_clip"], strict=True)
    lines = [f"{clip}: {kind} of {bench_clip}" for clip, kind, bench_clip in reasons][:LISTED]
    more = len(leaking) - len(lines)
    if more:
        lines.append(f"and {more} more, see data/03_primary/leaks.csv")
    films = ", ".join(sorted(leaking["source_id"].unique())[:LISTED])
    raise LeakError(
        f"{len(leaking)} clips of the training set show what clips of the bench show, so scores on "
        f"the bench would be too high: {'; '.join(lines)}. Take the films {films} out of "
        "`films.folders` or `films.manifest`, and run preprocessing again"
    )
