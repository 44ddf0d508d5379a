"""One film through the whole chain: scenes, their words, faces, and the clips that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import pandas as pd

from libra_emo.media.clips.cutting import cut_scenes_out
from libra_emo.media.faces.counting import FaceCount, count_faces
from libra_emo.media.faces.detection import SMALL_SIDES, FaceFinder
from libra_emo.media.films.clip_ledger import (
    Row,
    candidate_row,
    check_balance,
    decide_outcomes,
    judge_length,
    ledger_row,
    missing_end,
)
from libra_emo.media.films.splitting import plan_cuts
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources.licences import judge_licence
from libra_emo.media.subtitles.cues import Cue, assign_cues
from libra_emo.media.subtitles.film_words import read_words
from libra_emo.media.video.frames import FilmReader, UnreadableFilm
from libra_emo.media.video.sampling import Sampled, sample_pieces, sample_scenes
from libra_emo.media.video.scenes import Scene


@dataclass(frozen=True)
class FilmResult:
    """What became of a film.

    Attributes:
        source_id: The film.
        ledger: Rows of the clip ledger, by time.
        candidates: Rows of the candidates, by time; `clip_path` is where the clip was written.
        shard: The shard's file name; None when no clip was kept.
    """

    source_id: str
    ledger: list[Row] = field(default_factory=list)
    candidates: list[Row] = field(default_factory=list)
    shard: str | None = None


def process_film(
    source: Mapping[str, Any],
    options: PreprocessingOptions,
    clips_folder: Path,
    shards_folder: Path,
) -> FilmResult:
    """Return what became of each scene of a film; clips and shard of those kept are written.

    Each scene is checked for its length, its words and its faces, in this order, and ends in one
    row of the ledger. A film that cannot be read is one row.

    Args:
        source: A row of the sources, with paths that can be opened from here.
        options: What is kept, and how it is written.
        clips_folder: Where clip files go.
        shards_folder: Where shards go.

    Raises:
        ClipError: If a clip cannot be written.
        UnbalancedFilm: If the scenes do not tile the film.
    """
    cv2.setNumThreads(1)  # films run side by side
    # a table says NaN where nothing is told
    source = {name: None if pd.isna(value) else value for name, value in source.items()}
    source_id = str(source["source_id"])
    barred = _bar(source, options)
    if barred is not None:
        return FilmResult(source_id, [ledger_row(source_id, *barred)])
    words = read_words(source, options)
    try:
        with FilmReader(Path(source["video_path"]), source.get("language")) as reader:
            seen = dict(_look_through(reader, words.cues, options))
            rows = decide_outcomes(source_id, seen, words.cues, words.trouble, options)
            check_balance(source_id, list(seen), rows, reader.end_ms)
            kept = {scene: row["clip_id"] for scene, row in rows.items() if row["clip_id"]}
            shard = cut_scenes_out(reader, source_id, kept, options, clips_folder, shards_folder)
            end_ms = reader.end_ms
    except UnreadableFilm as error:
        return FilmResult(source_id, [ledger_row(source_id, "unreadable", str(error))])
    spoken = assign_cues(words.cues, list(seen))
    translated = words.translate(list(seen))
    candidates = [
        candidate_row(
            source,
            scene,
            clip_id,
            spoken[scene],
            translated[scene],
            seen[scene],
            clips_folder,
        )
        for scene, clip_id in kept.items()
    ]
    ledger = [*rows.values(), *missing_end(source, end_ms)]
    return FilmResult(source_id, ledger, candidates, shard.name if kept else None)


def _bar(source: Mapping[str, Any], options: PreprocessingOptions) -> tuple[str, str] | None:
    """Return outcome and detail of a film that is not even opened, else None."""
    refused = judge_licence(source.get("license"), options.allowed_licenses)
    if refused is not None:
        return "refused", refused
    trouble = source.get("trouble")
    return ("unreadable", str(trouble)) if trouble else None


def _look_through(
    reader: FilmReader, cues: list[Cue], options: PreprocessingOptions
) -> Iterator[tuple[Scene, FaceCount | None]]:
    """Yield the film's scenes and, where length and words allow a clip, how its faces count."""
    finder = FaceFinder(small_sides=SMALL_SIDES)
    long: list[Scene] = []
    seen: list[tuple[Scene, FaceCount | None]] = []
    for sampled in sample_scenes(reader, options):
        seen.append(_look_at(sampled, cues, finder, options))
        scene = sampled[0]
        if options.split_long_scenes and scene.length_ms > options.max_scene_seconds * 1000:
            long.append(scene)
    for scene, faces in seen:
        if scene not in long:
            yield scene, faces
            continue
        # decoded once more, since only now it is known where the scene ends
        cuts = plan_cuts(scene, cues, options)
        for sampled in sample_pieces(reader, scene, cuts, options):
            yield _look_at(sampled, cues, finder, options)


def _look_at(
    sampled: Sampled, cues: list[Cue], finder: FaceFinder, options: PreprocessingOptions
) -> tuple[Scene, FaceCount | None]:
    scene, frames = sampled
    spoken = any(cue.start_ms < scene.end_ms and scene.start_ms < cue.end_ms for cue in cues)
    if judge_length(scene, options) is not None or not spoken:
        return scene, None
    faces = count_faces(frames, finder, options.min_face_ratio, options.face_number_frames)
    return scene, faces
