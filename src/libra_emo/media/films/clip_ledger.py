"""What becomes of each scene: one row of the ledger, and a candidate where a clip is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from libra_emo.errors import LibraEmoError
from libra_emo.media.clips.mp4 import name_clip
from libra_emo.media.faces.counting import FaceCount
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.subtitles.cues import Cue, assign_cues, is_cut, join_cues
from libra_emo.media.video.scenes import Scene

MISSING_END_MS = 1000  # a picture that ends so much sooner than the film is told of

Row = dict[str, Any]


class UnbalancedFilm(LibraEmoError):
    """The scenes of a film do not add up to the film, which is a fault of the program."""


def decide_outcomes(
    source_id: str,
    seen: Mapping[Scene, FaceCount | None],
    cues: Iterable[Cue],
    trouble: str,
    options: PreprocessingOptions,
) -> dict[Scene, Row]:
    """Return the ledger's row of each scene.

    Args:
        source_id: The film.
        seen: All scenes of the film, with the count of faces where one was made.
        cues: All that is said in the film.
        trouble: What to say of a scene in which nothing is said.
        options: What is kept.
    """
    spoken = assign_cues(cues, list(seen))
    rows = {}
    for scene, faces in seen.items():
        length = judge_length(scene, options)
        if length is not None:
            rows[scene] = ledger_row(source_id, *length, scene)
        elif not spoken[scene]:
            rows[scene] = ledger_row(source_id, "no_subtitle", trouble, scene)
        elif faces is None or not faces.enough:
            rows[scene] = ledger_row(source_id, "no_face", _describe(faces), scene)
        else:
            rows[scene] = ledger_row(source_id, "kept", None, scene, name_clip(source_id, scene))
    return rows


def judge_length(scene: Scene, options: PreprocessingOptions) -> tuple[str, str] | None:
    """Return outcome and detail of a scene that its length rules out, else None."""
    seconds = scene.length_ms / 1000
    if seconds <= options.min_scene_seconds:
        return "too_short", f"{seconds:.3f} s, not over {options.min_scene_seconds:g} s"
    if seconds > options.max_scene_seconds:
        return "too_long", f"{seconds:.3f} s, over {options.max_scene_seconds:g} s"
    return None


def check_balance(
    source_id: str, scenes: list[Scene], rows: Mapping[Scene, Row], end_ms: int
) -> None:
    """Raise unless the scenes tile the film from 0 to its end and each has its row.

    Raises:
        UnbalancedFilm: Naming the film and the first scene that does not fit.
    """
    here = 0
    for scene in scenes:
        if scene.start_ms != here or scene.length_ms <= 0:
            raise UnbalancedFilm(
                f"{source_id}: a scene ends at {here} ms and the next is {scene.start_ms} to "
                f"{scene.end_ms} ms; please report this with the film"
            )
        here = scene.end_ms
    if here != end_ms or set(rows) != set(scenes):
        raise UnbalancedFilm(
            f"{source_id}: {len(rows)} rows for {len(scenes)} scenes that end at {here} ms, the "
            f"film at {end_ms} ms; please report this with the film"
        )


def missing_end(source: Mapping[str, Any], end_ms: int) -> list[Row]:
    """Return the row that tells of a picture that breaks off before the film's end, if so."""
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
    """Return a row of the ledger; without a scene it is that of a whole film."""
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
    cues: Sequence[Cue],
    translations: str | None,
    faces: FaceCount | None,
    clips_folder: Path,
) -> Row:
    """Return the candidate's row of a scene that is kept.

    Args:
        source: The film's row of the sources.
        scene: The scene.
        clip_id: Its clip.
        cues: What is said in it.
        translations: The same in other languages, as JSON text.
        faces: The count of its faces.
        clips_folder: Where its clip file was written.

    Raises:
        UnbalancedFilm: If nobody counted its faces.
    """
    if faces is None:
        raise UnbalancedFilm(f"{clip_id}: kept without a look at its faces")
    return {
        "clip_id": clip_id,
        "source_id": source["source_id"],
        "start_s": scene.start_s,
        "end_s": scene.end_s,
        "duration_s": scene.length_ms / 1000,
        "subtitle": join_cues(cues),
        "language": source.get("language"),
        "frames_sampled": faces.sampled,
        "frames_with_face": faces.with_face,
        "face_ratio": faces.with_face / faces.sampled,
        "faces_most": faces.most,
        "face_numbers": faces.numbers_as_json(scene.start_ms),
        "face_boxes": faces.track_as_json(scene.start_ms),
        "clip_path": (clips_folder / f"{clip_id}.mp4").as_posix(),
        "cue_cut": is_cut(cues, scene),
        "translations": translations,
    }


def _describe(faces: FaceCount | None) -> str:
    if faces is None or faces.settled_ms is None:
        return "no frame to look at"
    return f"no face at {faces.settled_ms / 1000:.3f} s"
