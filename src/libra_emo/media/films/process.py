"""The processing of one film: its scenes, their words and faces, and the clips that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import pandas as pd

from libra_emo.media.clips.cutting import cut_scenes_out
from libra_emo.media.faces.counting import FaceCount, count_faces
from libra_emo.media.faces.detection import SMALL_SIDES, FaceFinder
from libra_emo.media.films.balance import lost_pictures
from libra_emo.media.films.clip_ledger import (
    Row,
    candidate_row,
    check_tiling,
    decide_outcomes,
    ledger_row,
    missing_end,
    reject_by_length,
)
from libra_emo.media.films.splitting import plan_cuts
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources.licences import explain_refusal
from libra_emo.media.subtitles.film_words import FilmWords, read_film_words
from libra_emo.media.video.frames import FilmReader, UnreadableScene
from libra_emo.media.video.opening import UnreadableFilm
from libra_emo.media.video.sampling import SampledScene, sample_scenes, sample_split_scene
from libra_emo.media.video.scenes import Scene


@dataclass(frozen=True)
class FilmResult:
    """The result of processing a film.

    Attributes:
        source_id: Id of the film.
        ledger: Rows of the clip ledger, by time.
        candidates: Rows of the candidates, by time; `clip_path` is the path of the clip file.
        shard: File name of the shard; None if no clip was kept.
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
    """Cut a film into clips, and return the outcome of each of its scenes.

    Each scene is checked for its length, its words and its faces, in this order, and gets one row
    of the ledger. A film that cannot be read gets a single row.

    Args:
        source: Row of the sources, with paths that can be opened from here.
        options: Options that say which scenes are kept, and how clips are written.
        clips_folder: Folder for the clip files.
        shards_folder: Folder for the shards.

    Raises:
        ClipError: If a clip file cannot be written.
        InconsistentFilm: If the scenes do not tile the film.
    """
    cv2.setNumThreads(1)  # several films are processed in parallel
    # a value that is missing in a table is NaN
    source = {name: None if pd.isna(value) else value for name, value in source.items()}
    source_id = str(source["source_id"])
    rejection = _reject_unopened(source, options)
    if rejection is not None:
        return FilmResult(source_id, [ledger_row(source_id, *rejection)])
    try:
        return _process_readable_film(source, options, clips_folder, shards_folder)
    except UnreadableFilm as error:
        return FilmResult(source_id, [ledger_row(source_id, "unreadable", str(error))])


def _reject_unopened(
    source: Mapping[str, Any], options: PreprocessingOptions
) -> tuple[str, str] | None:
    """Return outcome and detail of a film that is not opened at all, else None."""
    refusal = explain_refusal(source.get("license"), options.allowed_licenses)
    if refusal is not None:
        return "refused", refusal
    trouble = source.get("trouble")
    return ("unreadable", str(trouble)) if trouble else None


def _process_readable_film(
    source: Mapping[str, Any],
    options: PreprocessingOptions,
    clips_folder: Path,
    shards_folder: Path,
) -> FilmResult:
    source_id = str(source["source_id"])
    film_words = read_film_words(source, options)
    with FilmReader(Path(source["video_path"]), source.get("language")) as reader:
        faces = dict(_count_faces_by_scene(reader, film_words, options))
        words = film_words.assign(list(faces))
        rows = decide_outcomes(source_id, faces, words, film_words.reason, options)
        check_tiling(source_id, list(faces), rows, reader.end_ms)
        kept = {scene: row["clip_id"] for scene, row in rows.items() if row["clip_id"]}
        cut = cut_scenes_out(reader, source_id, kept, options, clips_folder, shards_folder)
        for scene, reason in cut.failed.items():
            rows[scene] = ledger_row(source_id, "unreadable", reason, scene)
            del kept[scene]
        end_ms = reader.end_ms
        lost = missing_end(source, end_ms) or lost_pictures(source_id, reader)
    candidates = [
        candidate_row(source, scene, clip_id, words[scene], faces[scene], clips_folder)
        for scene, clip_id in kept.items()
    ]
    ledger = [*rows.values(), *lost]
    return FilmResult(source_id, ledger, candidates, cut.shard.name if kept else None)


def _count_faces_by_scene(
    reader: FilmReader, words: FilmWords, options: PreprocessingOptions
) -> Iterator[tuple[Scene, FaceCount | None]]:
    """Yield the scenes of a film in order, with the face count of those that may become clips."""
    finder = FaceFinder(small_sides=SMALL_SIDES)
    counted = [
        (sampled[0], _count_scene_faces(sampled, words, finder, options))
        for sampled in sample_scenes(reader, options)
    ]
    for scene, faces in counted:
        if not (options.split_long_scenes and scene.length_ms > options.max_scene_seconds * 1000):
            yield scene, faces
            continue
        # a long scene is decoded a second time, because its end was not known during the first
        cuts = plan_cuts(scene, words.cues, options)
        yield from _count_faces_in_parts(reader, scene, cuts, words, options) or [(scene, faces)]


def _count_faces_in_parts(
    reader: FilmReader,
    scene: Scene,
    cuts_ms: list[int],
    words: FilmWords,
    options: PreprocessingOptions,
) -> list[tuple[Scene, FaceCount | None]]:
    """Return the parts of a long scene; none if it cannot be decoded a second time."""
    finder = FaceFinder(small_sides=SMALL_SIDES)
    for _ in range(2):
        with suppress(UnreadableScene):
            parts = sample_split_scene(reader, scene, cuts_ms, options)
            return [(part[0], _count_scene_faces(part, words, finder, options)) for part in parts]
    return []


def _count_scene_faces(
    sampled: SampledScene, words: FilmWords, finder: FaceFinder, options: PreprocessingOptions
) -> FaceCount | None:
    """Return the face count of a scene; None if its length or lack of words rules it out."""
    scene, frames = sampled
    if reject_by_length(scene, options) is not None or not words.may_be_in(scene):
        return None
    return count_faces(frames, finder, options.min_face_ratio, options.face_number_frames)
