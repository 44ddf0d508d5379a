"""The sample's films as files: their names, and drawing those that are missing."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from libra_emo.sample.encoding import write_film
from libra_emo.sample.faces import Face
from libra_emo.sample.looks import draw_look
from libra_emo.sample.options import SampleOptions
from libra_emo.sample.plan import FilmPlan, ScenePlan
from libra_emo.sample.scenes import Stage, play_scene
from libra_emo.sample.subtitles import write_srt
from libra_emo.sample.tables import DrawnTables
from libra_emo.taxonomy import Taxonomy

DRAWING = 1  # raised when the drawing changes, so that films of an older one are told apart
FILM_NAME = re.compile(r"sample-([0-9a-f]{8})-\d+-[^/\\]+\.mkv")


@dataclass(frozen=True)
class FilmTask:
    """All that a worker needs to draw one film."""

    folder: Path
    plan: FilmPlan
    seed: int
    options: SampleOptions
    tables: DrawnTables


def sample_digest(
    seed: int, options: SampleOptions, taxonomy: Taxonomy, tables: DrawnTables
) -> str:
    """Return eight hexadecimal digits that stand for everything the films depend on."""
    whole = [DRAWING, seed, options.model_dump_json(), taxonomy.model_dump_json(), tables.digest]
    return hashlib.sha256(json.dumps(whole).encode("utf-8")).hexdigest()[:8]


def digest_of(path: Path) -> str | None:
    """Return the digest in a sample film's name, null if it is no sample film."""
    match = FILM_NAME.fullmatch(path.name)
    return match.group(1) if match else None


def film_files(folder: Path, plan: FilmPlan) -> tuple[Path, Path, Path]:
    """Return where film, subtitles and sidecar of a plan lie."""
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


def draw_film(task: FilmTask) -> Path:
    """Write those files of a film that are missing, each in one move; return the film's path."""
    film, subtitles, sidecar = film_files(task.folder, task.plan)
    spoken = [(start, end, s.lines) for s, start, end in scene_times(task.plan, task.options)]
    about = json.dumps(_about(task.plan), ensure_ascii=False, indent=2) + "\n"
    _write_missing(subtitles, lambda path: _write_text(path, write_srt(spoken)))
    _write_missing(sidecar, lambda path: _write_text(path, about))
    _write_missing(film, lambda path: _film(task, path))
    return film


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_missing(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file beside its place and move it there, unless it exists."""
    if path.exists():
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _film(task: FilmTask, path: Path) -> None:
    import cv2

    cv2.setNumThreads(1)
    options = task.options
    looks = [
        draw_look(task.seed, f"{task.plan.name}/{place}", place, options.face, options.voice)
        for place in range(task.plan.actors)
    ]
    stage = Stage(
        seed=task.seed,
        film=task.plan.name,
        options=options,
        looks=looks,
        faces=[Face(look) for look in looks],
        ways_to_look=task.tables.faces,
        ways_to_sound=task.tables.voices,
    )
    write_film(
        path,
        (play_scene(stage, scene) for scene in task.plan.scenes),
        options.frame_width,
        options.frame_height,
        options.frames_per_second,
        options.audio_hertz,
    )


def _about(plan: FilmPlan) -> dict[str, str]:
    """Return the sidecar's content, in the words of yt-dlp's info files."""
    number = plan.name.split("-")[2]
    return {
        "title": f"Sample film {number} ({plan.theme})",
        "uploader": "libra_emo",
        "license": "CC0-1.0",
        "language": plan.language,
        "theme": plan.theme,
    }
