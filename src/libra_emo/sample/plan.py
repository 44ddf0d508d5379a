"""The plan of each sample film: its scenes, their actors, and what each modality shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from libra_emo.sample.allocation import (
    Purpose,
    allocate_labels,
    allocate_rejects,
    count_labels,
    label_shares,
    reject_shares,
    themes_and_languages,
)
from libra_emo.sample.draws import generator
from libra_emo.sample.options import ActedOptions, CueOptions, SampleOptions
from libra_emo.sample.tables import DrawnTables
from libra_emo.taxonomy import Taxonomy

MAX_ACTORS = 4
OPENER_SHARE = 0.3  # share of the sentences that begin with an opener
BACKDROPS = 8  # kinds of background; two scenes in a row never have the same


@dataclass(frozen=True)
class ModalityCue:
    """What one modality of a scene shows: a label with an intensity, or no label (None)."""

    label: str | None
    intensity: float


@dataclass(frozen=True)
class ScenePlan:
    """One scene; `purpose` is its expected outcome in the clip ledger."""

    number: int
    purpose: Purpose
    frames: int
    label: str | None
    actor: int
    backdrop: int
    face: ModalityCue
    voice: ModalityCue
    lines: tuple[str, ...]


@dataclass(frozen=True)
class FilmPlan:
    """One film: its name without folder and extension, and its scenes in order."""

    name: str
    theme: str
    language: str
    actors: int
    scenes: tuple[ScenePlan, ...]


def plan_films(
    seed: int, options: SampleOptions, taxonomy: Taxonomy, tables: DrawnTables, digest: str
) -> list[FilmPlan]:
    """Return the plans of all films; together they have `options.clips` scenes to keep."""
    labels = allocate_labels(seed, options, count_labels(options, taxonomy, tables))
    rejects = {
        purpose: allocate_rejects(seed, options, purpose) for purpose in reject_shares(options)
    }
    sentences = _SentencePool(seed, tables)
    films = []
    for number, (theme, language) in enumerate(themes_and_languages(options)):
        rng = generator(seed, "film", number)
        actors = int(rng.integers(2, MAX_ACTORS + 1))
        wanted: list[tuple[Purpose, str | None]] = [("kept", label) for label in labels[number]]
        for purpose, counts in rejects.items():
            felt = rng.choice(taxonomy.labels, counts[number], p=label_shares(taxonomy, tables))
            wanted += [(purpose, None if purpose == "no_face" else str(label)) for label in felt]
        rng.shuffle(wanted)
        scenes = _plan_scenes(seed, number, wanted, actors, language, options, taxonomy, sentences)
        name = f"sample-{digest}-{number + 1:02d}-{theme}"
        films.append(FilmPlan(name, theme, language, actors, scenes))
    return films


def _plan_scenes(
    seed: int,
    film: int,
    wanted: Sequence[tuple[Purpose, str | None]],
    actors: int,
    language: str,
    options: SampleOptions,
    taxonomy: Taxonomy,
    sentences: _SentencePool,
) -> tuple[ScenePlan, ...]:
    scenes: list[ScenePlan] = []
    for number, (purpose, label) in enumerate(wanted):
        rng = generator(seed, "scene", film, number)
        before = scenes[-1] if scenes else None
        backdrops = [n for n in range(BACKDROPS) if before is None or n != before.backdrop]
        cast = [n for n in range(actors) if before is None or n != before.actor]
        seconds = _draw_seconds(rng, purpose)
        shown = [
            _draw_cue(rng, label, cues, taxonomy)
            for cues in (options.face, options.voice, options.words)
        ]
        spoken = 0 if purpose == "no_subtitle" else 1 + (seconds > 6)
        lines = tuple(sentences.draw(language, shown[2].label) for _ in range(spoken))
        scenes.append(
            ScenePlan(
                number=number,
                purpose=purpose,
                frames=round(seconds * options.frames_per_second),
                label=label,
                actor=int(rng.choice(cast)),
                backdrop=int(rng.choice(backdrops)),
                face=shown[0],
                voice=shown[1],
                lines=lines,
            )
        )
    return tuple(scenes)


def _draw_seconds(rng: np.random.Generator, purpose: Purpose) -> float:
    """Return a length; most kept scenes are short, which saves computing, a few reach 9 s."""
    if purpose == "too_short":
        return float(rng.uniform(1.6, 2.7))
    if purpose == "too_long":
        return float(rng.uniform(10.5, 12.5))
    if purpose == "kept" and rng.random() < 0.06:
        return float(rng.uniform(6.2, 9.0))
    return float(rng.uniform(3.34, 4.7))


def _draw_cue(
    rng: np.random.Generator, label: str | None, cues: CueOptions, taxonomy: Taxonomy
) -> ModalityCue:
    """Return what a modality shows: the label, a neighbouring label, or none."""
    weakest = cues.min_intensity if isinstance(cues, ActedOptions) else 1.0
    intensity = float(rng.uniform(weakest, 1.0))
    draw, pick = rng.random(2)
    if label is None or draw >= cues.own_share + cues.neighbour_share:
        return ModalityCue(None, intensity)
    neighbours = taxonomy[label].neighbours
    if draw < cues.own_share or not neighbours:
        return ModalityCue(label, intensity)
    weights = np.cumsum([0.6**place for place in range(len(neighbours))])
    return ModalityCue(neighbours[int(np.searchsorted(weights / weights[-1], pick))], intensity)


class _SentencePool:
    """Sentences by language and label; none is repeated before all of them were used."""

    def __init__(self, seed: int, tables: DrawnTables) -> None:
        self._rng = generator(seed, "lines")
        self._tables = tables
        self._left: dict[tuple[str, str | None], list[str]] = {}

    def draw(self, language: str, label: str | None) -> str:
        tables = self._tables
        unused = self._left.setdefault((language, label), [])
        if not unused:
            lines = tables.bland[language] if label is None else tables.lines[language][label]
            unused.extend(str(line) for line in self._rng.permutation(lines))
        line = unused.pop()
        if self._rng.random() < OPENER_SHARE:
            return f"{self._rng.choice(tables.openers[language])}{line}"
        return line
