"""Subtitles that show two languages at once, and their parts in each of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from libra_emo.languages.codes import primary_language, read_languages
from libra_emo.languages.identify import count_scripts, identify_language, score_words
from libra_emo.media.subtitles.formats.raw import RawCue

MIN_SHARE = 0.4  # cues of the rarer language, as a share of those of the other one
MIN_PARALLEL = 0.6  # share of the rarer language's cues that are shown together with the other one
MIN_KANA = 0.2  # share of Japanese lines with kana; the others consist of characters alone
WORD_WEIGHT = 3  # one Chinese character counts as several letters
_TAGS = re.compile(r"<[^<>]*>|\{[^{}]*\}")
# tags that change how the text after them looks
_LOOK = re.compile(r"\\(?:r|fn|fs|c|1c)[^\\{}]*|<(?:font|c)\b[^<>]*>", re.IGNORECASE)
_USUAL = {"Han": "zh", "Kana": "ja", "Hangul": "ko", "Cyrillic": "ru", "Arabic": "ar"}
_USUAL |= {"Hebrew": "he", "Greek": "el", "Thai": "th", "Devanagari": "hi"}


@dataclass(frozen=True)
class Part:
    """The cues of a subtitle in one language.

    Attributes:
        language: Language; None for a subtitle that has one language, which is then not examined.
        cues: The cues.
    """

    language: str | None
    cues: list[RawCue]


@dataclass(frozen=True)
class _Line:
    """A line of a cue; `cue` is the number of the cue in the file."""

    cue: int
    start_ms: int
    end_ms: int
    text: str
    script: str | None
    style: Hashable


def part_languages(cues: Sequence[RawCue], declared: Sequence[str] = ()) -> list[Part]:
    """Return the parts of a subtitle by language; a single one if it does not show two at once.

    Lines are distinguished by their script. If all have the same script, they are distinguished by
    their style. The language that stands first comes first.

    Args:
        cues: Cues of the subtitle.
        declared: Languages in its name.
    """
    lines = _split(cues)
    keys = _by_script(lines)
    by_script = _are_parallel(lines, keys)
    if not by_script:
        keys = [line.style for line in lines]
        if len(set(keys)) < 2 or not _are_parallel(lines, keys):
            return [Part(None, list(cues))]
    first, second = _order(lines, keys)
    named = []
    for key in (first, second):
        own = [line for line, of in zip(lines, keys, strict=True) if of == key]
        script = Counter(line.script for line in own).most_common(1)[0][0]
        named.append(_name_language(own, str(key if by_script else script), declared))
    if primary_language(named[0]) == primary_language(named[1]):
        return [Part(None, list(cues))]
    # what is in neither language stays with the first
    of_second = [key == second for key in keys]
    of_first = [not is_second for is_second in of_second]
    return [
        Part(language, _rejoin(cues, lines, own))
        for language, own in zip(named, (of_first, of_second), strict=True)
    ]


def choose_part(parts: Sequence[Part], language: str | None) -> list[RawCue]:
    """Return the cues of the part in a language, or else those of the first part."""
    for part in parts:
        if part.language and primary_language(part.language) == primary_language(language):
            return part.cues
    return parts[0].cues


def _split(cues: Sequence[RawCue]) -> list[_Line]:
    lines = []
    for number, cue in enumerate(cues):
        look: tuple[str, ...] = ()
        for text in cue.text.split("\n"):
            found = tuple(tag.strip().lower() for tag in _LOOK.findall(text[:500]))
            look = found or look
            plain = _TAGS.sub("", text)
            if plain.strip():
                style = (cue.style, look)
                lines.append(_Line(number, *cue[:2], text, _find_script(plain), style))
    return lines


def _find_script(text: str) -> str | None:
    """Return the script of most of a line; None if it has no letters."""
    scripts = count_scripts(text)
    if scripts["Kana"]:
        return "Kana"
    weights = {
        name: count * (WORD_WEIGHT if name in ("Han", "Hangul") else 1)
        for name, count in scripts.items()
    }
    return max(weights, key=lambda name: weights[name], default=None)


def _by_script(lines: Sequence[_Line]) -> list[Hashable]:
    """Return the script of each line; lines without letters have that of the line before."""
    counts = Counter(line.script for line in lines)
    scripts = [line.script for line in lines]
    if counts["Kana"] >= MIN_KANA * (counts["Kana"] + counts["Han"]) and counts["Kana"]:
        pair = [line for line in lines if line.script in ("Kana", "Han")]
        if not _are_parallel(pair, [line.script for line in pair]):
            scripts = ["Kana" if script == "Han" else script for script in scripts]
    last = next((script for script in scripts if script), None)
    keys: list[Hashable] = []
    for script in scripts:
        last = script or last
        keys.append(last)
    return keys


def _are_parallel(lines: Sequence[_Line], keys: Sequence[Hashable]) -> bool:
    """Return whether the two most frequent kinds of lines are shown at the same time."""
    spans: dict[Hashable, dict[int, tuple[int, int]]] = defaultdict(dict)
    for line, key in zip(lines, keys, strict=True):
        spans[key][line.cue] = (line.start_ms, line.end_ms)
    ranked = sorted(spans.values(), key=len, reverse=True)
    if len(ranked) < 2 or len(ranked[1]) < MIN_SHARE * len(ranked[0]):
        return False
    major, minor = sorted(ranked[0].values()), sorted(ranked[1].values())
    return _count_together(minor, major) >= MIN_PARALLEL * len(minor)


def _count_together(minor: list[tuple[int, int]], major: list[tuple[int, int]]) -> int:
    """Return how many spans lie for the most part within one span of the others."""
    together, place = 0, 0
    for start, end in minor:
        while place < len(major) and major[place][1] <= start:
            place += 1
        if place < len(major):
            overlap = min(end, major[place][1]) - max(start, major[place][0])
            together += 2 * overlap > end - start
    return together


def _order(lines: Sequence[_Line], keys: Sequence[Hashable]) -> tuple[Hashable, Hashable]:
    """Return the two most frequent keys; first the one that mostly stands first."""
    counts: Counter[Hashable] = Counter(keys)
    (one, _), (other, _), *_ = counts.most_common()
    first: Counter[Hashable] = Counter()
    seen: set[int] = set()
    for line, key in zip(lines, keys, strict=True):
        if key in (one, other) and line.start_ms not in seen:
            seen.add(line.start_ms)
            first[key] += 1
    return (other, one) if first[other] > first[one] else (one, other)


def _rejoin(cues: Sequence[RawCue], lines: Sequence[_Line], own: Sequence[bool]) -> list[RawCue]:
    """Return the cues with their own lines alone."""
    kept: dict[int, list[str]] = defaultdict(list)
    for line, is_own in zip(lines, own, strict=True):
        if is_own:
            kept[line.cue].append(line.text)
    return [cues[number]._replace(text="\n".join(texts)) for number, texts in sorted(kept.items())]


def _name_language(lines: Iterable[_Line], script: str, declared: Sequence[str]) -> str:
    """Return the language of lines in a script: that of their words, or one of the declared."""
    text = "\n".join(_TAGS.sub("", line.text) for line in lines)
    found = identify_language(text)
    fitting = [tag for tag in declared if _script_of(tag) == script]
    if fitting and (found is None or found in map(primary_language, fitting)):
        return next((tag for tag in fitting if primary_language(tag) == found), fitting[0])
    if found is not None and _script_of(found) in (script, None):
        return found
    if fitting:
        return fitting[0]
    alike = [known for known in read_languages().values() if known.script == script]
    scored = max(alike, key=lambda known: score_words(text, known), default=None)
    usual = _USUAL.get(script, "en")
    return scored.code if scored is not None and score_words(text, scored) > 0 else usual


def _script_of(language: str) -> str | None:
    known = read_languages().get(primary_language(language) or "")
    return known.script if known else None
