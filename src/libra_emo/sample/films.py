"""The sample's films as files: their names, and drawing those that are missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from libra_emo.common.digests import digest_text
from libra_emo.common.files import new_file, write_text
from libra_emo.sample.actors import draw_actor
from libra_emo.sample.encoding import write_film
from libra_emo.sample.faces import Face
from libra_emo.sample.options import SampleOptions
from libra_emo.sample.plan import FilmPlan, ScenePlan
from libra_emo.sample.scenes import RenderContext, render_scene
from libra_emo.sample.tables import DrawnTables
from libra_emo.taxonomy import Taxonomy

DRAWING = 1  # version of the drawing; raise it when the films change, and they get new names
MARGIN_S = 0.2  # between a sentence and the cuts around it
LINE_BREAK = 42  # characters; a longer sentence is broken into two lines
FILM_NAME = re.compile(r"sample-([0-9a-f]{8})-\d+-[^/\\]+\.mkv")


@dataclass(frozen=True)
class DrawingTask:
    """All that a worker needs to draw one film."""

    folder: Path
    plan: FilmPlan
    seed: int
    options: SampleOptions
    tables: DrawnTables


def sample_digest(
    seed: int, options: SampleOptions, taxonomy: Taxonomy, tables: DrawnTables
) -> str:
    """Return eight hexadecimal digits of a digest of everything that the films depend on."""
    whole = [DRAWING, seed, options.model_dump_json(), taxonomy.model_dump_json(), tables.digest]
    return digest_text(json.dumps(whole))[:8]


def sample_digest_of(path: Path) -> str | None:
    """Return the digest in the name of a sample film, None for any other film."""
    match = FILM_NAME.fullmatch(path.name)
    return match.group(1) if match else None


def film_files(folder: Path, plan: FilmPlan) -> tuple[Path, Path, Path]:
    """Return the paths of the film, the subtitle file and the sidecar of a plan."""
    return (
        folder / f"{plan.name}.mkv",
        folder / f"{plan.name}.{plan.language}.srt",
        folder / f"{plan.name}.info.json",
    )


def scene_times(plan: FilmPlan, options: SampleOptions) -> Iterator[tuple[ScenePlan, float, float]]:
    """Yield each scene with its start and end in seconds."""
    frame = 0
    for scene in plan.scenes:
        start, frame = frame, frame + scene.frames
        yield scene, start / options.frames_per_second, frame / options.frames_per_second


def draw_film(task: DrawingTask) -> Path:
    """Write those files of a film that are missing, and return the path of the film.

    Each file appears whole or not at all.
    """
    film, subtitles, sidecar = film_files(task.folder, task.plan)
    if not subtitles.exists():
        times = scene_times(task.plan, task.options)
        write_text(subtitles, format_srt((start, end, scene.lines) for scene, start, end in times))
    if not sidecar.exists():
        content = _make_sidecar(task.plan)
        write_text(sidecar, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    if not film.exists():
        with new_file(film) as part:
            _encode_film(task, part)
    return film


def format_srt(spoken: Iterable[tuple[float, float, tuple[str, ...]]]) -> str:
    """Return a subtitle file in SubRip's format.

    The sentences of a scene share the time between its cuts equally.

    Args:
        spoken: Start and end of each scene in seconds, and its sentences.
    """
    blocks: list[str] = []
    for start, end, lines in spoken:
        if not lines:
            continue
        length = (end - start - 2 * MARGIN_S) / len(lines)
        for number, line in enumerate(lines):
            first = start + MARGIN_S + number * length
            times = f"{_format_time(first)} --> {_format_time(first + length - 0.05)}"
            blocks.append(f"{len(blocks) + 1}\n{times}\n{_break_line(line)}\n")
    return "\n".join(blocks)


def _encode_film(task: DrawingTask, path: Path) -> None:
    import cv2

    cv2.setNumThreads(1)
    options = task.options
    actors = [
        draw_actor(task.seed, f"{task.plan.name}/{number}", number, options.face, options.voice)
        for number in range(task.plan.actors)
    ]
    context = RenderContext(
        seed=task.seed,
        film=task.plan.name,
        options=options,
        actors=actors,
        faces=[Face(actor) for actor in actors],
        face_variants=task.tables.faces,
        voice_variants=task.tables.voices,
    )
    write_film(
        path,
        (render_scene(context, scene) for scene in task.plan.scenes),
        options.frame_width,
        options.frame_height,
        options.frames_per_second,
        options.audio_hertz,
    )


def _make_sidecar(plan: FilmPlan) -> dict[str, str]:
    """Return the content of the sidecar, with the keys of yt-dlp's info files."""
    number = plan.name.split("-")[2]
    return {
        "title": f"Sample film {number} ({plan.theme})",
        "uploader": "libra_emo",
        "license": "CC0-1.0",
        "language": plan.language,
        "theme": plan.theme,
    }


def _break_line(line: str) -> str:
    words = line.split(" ")
    if len(line) <= LINE_BREAK or len(words) < 2:
        return line
    ends = [len(" ".join(words[: n + 1])) for n in range(len(words) - 1)]
    nearest = min(range(len(ends)), key=lambda n: abs(ends[n] - len(line) / 2))
    return f"{' '.join(words[: nearest + 1])}\n{' '.join(words[nearest + 1 :])}"


def _format_time(seconds: float) -> str:
    millis = round(seconds * 1000)
    minutes, millis = divmod(millis, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{millis // 1000:02d},{millis % 1000:03d}"
