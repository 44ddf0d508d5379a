"""Where the clip files of films lie: each film has a folder of its own."""

from __future__ import annotations

from pathlib import Path


def clips_of_film(clips_folder: Path, source_id: str) -> Path:
    """Return the folder of the clip files of a film.

    Args:
        clips_folder: Folder of the clip files of all films.
        source_id: Id of the film.
    """
    return clips_folder / source_id


def place_clip(clips_folder: Path, clip_id: str) -> Path:
    """Return the place of a clip file.

    Args:
        clips_folder: Folder of the clip files of all films.
        clip_id: Id of the clip, as `libra_emo.media.clips.mp4.name_clip` makes it: the id of the
            film, start and end.
    """
    film, _, _ = clip_id.rsplit("-", 2)
    return clips_of_film(clips_folder, film) / f"{clip_id}.mp4"
