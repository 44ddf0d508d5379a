"""Rolling captions: each line is shown again above the next one, as in automatic captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MAX_GAP_MS = 120  # between captions that follow each other without a pause
MIN_ROLLING = 0.5  # share of captions that repeat the previous one, if captions roll


@dataclass(frozen=True, order=True)
class Caption:
    """Lines of text, and the span in which they are shown, in milliseconds."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]


def collapse_rolling(captions: Sequence[Caption]) -> list[Caption]:
    """Return captions by time, without lines that are repeated only because captions roll.

    A line that is shown again without a pause stays in the caption that showed it first, and a
    caption without new lines is removed. Copies of a caption at the same time, which make a shadow
    or an outline, count once. If the captions as a whole do not roll, repeated lines are kept,
    because they are spoken twice.
    """
    ordered = _drop_copies(sorted(caption for caption in captions if caption.lines))
    return _collapse(ordered) if _is_rolling(ordered) else ordered


def _drop_copies(ordered: list[Caption]) -> list[Caption]:
    """Join captions of the same lines that overlap."""
    kept: list[Caption] = []
    last: dict[tuple[str, ...], int] = {}
    for caption in ordered:
        place = last.get(caption.lines)
        if place is not None and caption.start_ms < kept[place].end_ms:
            end = max(kept[place].end_ms, caption.end_ms)
            kept[place] = Caption(kept[place].start_ms, end, caption.lines)
            continue
        last[caption.lines] = len(kept)
        kept.append(caption)
    return kept


def _is_rolling(captions: list[Caption]) -> bool:
    """Return whether most captions repeat lines of the previous one, and some add to them."""
    repeats = [_count_repeated(before, after) for before, after in pairwise(captions)]
    adds = any(
        0 < count < len(after.lines) or _grows(before, after)
        for count, before, after in zip(repeats, captions, captions[1:], strict=False)
    )
    rolling = sum(
        count > 0 or _grows(before, after)
        for count, before, after in zip(repeats, captions, captions[1:], strict=False)
    )
    return adds and rolling >= MIN_ROLLING * len(repeats)


def _collapse(captions: list[Caption]) -> list[Caption]:
    kept: list[Caption] = []
    before: Caption | None = None
    for caption in captions:
        repeated = _count_repeated(before, caption) if before else 0
        if before and not repeated and kept and _grows(before, caption):
            start = kept[-1].start_ms
            kept[-1] = Caption(start, caption.end_ms, caption.lines[-1:])
        elif repeated < len(caption.lines):
            kept.append(Caption(caption.start_ms, caption.end_ms, caption.lines[repeated:]))
        before = caption
    return kept


def _count_repeated(before: Caption, after: Caption) -> int:
    """Return how many last lines of a caption are the first lines of the next one."""
    if after.start_ms - before.end_ms > MAX_GAP_MS:
        return 0
    most = min(len(before.lines), len(after.lines))
    for count in range(most, 0, -1):
        if before.lines[-count:] == after.lines[:count]:
            return count
    return 0


def _grows(before: Caption, after: Caption) -> bool:
    """Return whether a caption repeats the previous one and adds words to its last line."""
    if after.start_ms - before.end_ms > MAX_GAP_MS or len(before.lines) != len(after.lines):
        return False
    same = before.lines[:-1] == after.lines[:-1]
    return same and after.lines[-1].startswith(f"{before.lines[-1]} ")
