"""The rows of a film: one ledger row for each scene, and one candidate for each kept clip."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from libra_emo.errors import LibraEmoError
from libra_emo.media.clips.mp4 import name_clip
from libra_emo.media.faces.counting import FaceCount
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.subtitles.cues import is_cut, join_cues
from libra_emo.media.subtitles.film_words import SceneWords
from libra_emo.media.video.scenes import Scene

MISSING_END_MS = 1000  # a picture that ends more than this before the film gets a ledger row

Row = dict[str, Any]


class InconsistentFilm(LibraEmoError):
    """The scenes of a film do not tile the film, which is a fault of the program."""


def decide_outcomes(
    source_id: str,
    faces: Mapping[Scene, FaceCount | None],
    words: Mapping[Scene, SceneWords],
    no_words_reason: str,
    options: PreprocessingOptions,
) -> dict[Scene, Row]:
    """Return the ledger row of each scene.

    Args:
        source_id: Id of the film.
        faces: Face count of each scene of the film; None for scenes in which none was counted.
        words: Words of each scene.
        no_words_reason: Detail of the row of a scene without words.
        options: Options that say which scenes are kept.
    """
    rows = {}
    for scene, count in faces.items():
        rejection = reject_by_length(scene, options)
        if rejection is not None:
            rows[scene] = ledger_row(source_id, *rejection, scene)
        elif not words[scene].cues:
            rows[scene] = ledger_row(source_id, "no_subtitle", no_words_reason, scene)
        elif count is None or not count.enough:
            rows[scene] = ledger_row(source_id, "no_face", _describe(count), scene)
        else:
            rows[scene] = ledger_row(source_id, "kept", None, scene, name_clip(source_id, scene))
    return rows


def reject_by_length(scene: Scene, options: PreprocessingOptions) -> tuple[str, str] | None:
    """Return outcome and detail of a scene that is too short or too long, else None."""
    seconds = scene.length_ms / 1000
    if seconds <= options.min_scene_seconds:
        return "too_short", f"{seconds:.3f} s, not over {options.min_scene_seconds:g} s"
    if seconds > options.max_scene_seconds:
        return "too_long", f"{seconds:.3f} s, over {options.max_scene_seconds:g} s"
    return None


def check_tiling(
    source_id: str, scenes: list[Scene], rows: Mapping[Scene, Row], end_ms: int
) -> None:
    """Raise unless the scenes tile the film from 0 to its end, and each has a ledger row.

    Raises:
        InconsistentFilm: Naming the film and the first scene that does not fit.
    """
    end = 0
    for scene in scenes:
        if scene.start_ms != end or scene.length_ms <= 0:
            raise InconsistentFilm(
                f"{source_id}: a scene ends at {end} ms and the next is {scene.start_ms} to "
                f"{scene.end_ms} ms; please report this with the film"
            )
        end = scene.end_ms
    if end != end_ms or set(rows) != set(scenes):
        raise InconsistentFilm(
            f"{source_id}: {len(rows)} rows for {len(scenes)} scenes that end at {end} ms, the "
            f"film at {end_ms} ms; please report this with the film"
        )


def missing_end(source: Mapping[str, Any], end_ms: int) -> list[Row]:
    """Return a ledger row for the time in which a film has no picture any more, if there is any."""
    duration = source.get("duration_s")
    if duration is None or not duration * 1000 - end_ms > MISSING_END_MS:
        return []
    rest = Scene(end_ms, round(duration * 1000))
    detail = f"no picture after {end_ms / 1000:.3f} s"
    return [ledger_row(str(source["source_id"]), "unreadable", detail, rest)]


def ledger_row(
    source_id: str,
    outcome: str,
    detail: str | None,
    scene: Scene | None = None,
    clip_id: str | None = None,
) -> Row:
    """Return a row of the ledger; a row without a scene stands for the whole film."""
    return {
        "source_id": source_id,
        "start_s": scene.start_s if scene else None,
        "end_s": scene.end_s if scene else None,
        "clip_id": clip_id,
        "outcome": outcome,
        "detail": detail,
    }


def candidate_row(
    source: Mapping[str, Any],
    scene: Scene,
    clip_id: str,
    words: SceneWords,
    faces: FaceCount | None,
    clips_folder: Path,
) -> Row:
    """Return the candidate row of a scene that is kept.

    Args:
        source: The film's row of the sources.
        scene: The scene.
        clip_id: Id of the clip.
        words: Words of the scene.
        faces: Face count of the scene.
        clips_folder: Folder of the clip file.

    Raises:
        InconsistentFilm: If the faces of the scene were not counted.
    """
    if faces is None:
        raise InconsistentFilm(
            f"{clip_id}: the clip is kept, but its faces were not counted; please report this "
            "with the film"
        )
    return {
        "clip_id": clip_id,
        "source_id": source["source_id"],
        "start_s": scene.start_s,
        "end_s": scene.end_s,
        "duration_s": scene.length_ms / 1000,
        "subtitle": join_cues(words.cues),
        "language": source.get("language"),
        "frames_sampled": faces.sampled,
        "frames_with_face": faces.with_face,
        "face_ratio": faces.with_face / faces.sampled,
        "faces_most": faces.most,
        "face_numbers": faces.counts_as_json(scene.start_ms),
        "face_boxes": faces.track_as_json(scene.start_ms),
        "clip_path": (clips_folder / f"{clip_id}.mp4").as_posix(),
        "cue_cut": is_cut(words.cues, scene),
        "translations": words.translations,
    }


def _describe(faces: FaceCount | None) -> str:
    if faces is None or faces.settled_ms is None:
        return "no frame to look at"
    return f"no face at {faces.settled_ms / 1000:.3f} s"
