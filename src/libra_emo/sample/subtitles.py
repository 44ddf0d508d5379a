"""The subtitle files of the sample films."""

from __future__ import annotations

from collections.abc import Iterable

MARGIN_S = 0.2  # between a line and the cuts around it
LINE_BREAK = 42  # a longer line is broken in two


def write_srt(spoken: Iterable[tuple[float, float, tuple[str, ...]]]) -> str:
    """Return SubRip text: the lines of each scene follow one another within it.

    Args:
        spoken: Start and end of each scene in seconds, and what is said in it.
    """
    blocks: list[str] = []
    for start, end, lines in spoken:
        if not lines:
            continue
        length = (end - start - 2 * MARGIN_S) / len(lines)
        for place, line in enumerate(lines):
            first = start + MARGIN_S + place * length
            times = f"{_clock(first)} --> {_clock(first + length - 0.05)}"
            blocks.append(f"{len(blocks) + 1}\n{times}\n{_broken(line)}\n")
    return "\n".join(blocks)


def _broken(line: str) -> str:
    words = line.split(" ")
    if len(line) <= LINE_BREAK or len(words) < 2:
        return line
    ends = [len(" ".join(words[: n + 1])) for n in range(len(words) - 1)]
    nearest = min(range(len(ends)), key=lambda n: abs(ends[n] - len(line) / 2))
    return f"{' '.join(words[: nearest + 1])}\n{' '.join(words[nearest + 1 :])}"


def _clock(seconds: float) -> str:
    millis = round(seconds * 1000)
    minutes, millis = divmod(millis, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{millis // 1000:02d},{millis % 1000:03d}"
