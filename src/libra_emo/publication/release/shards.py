"""The shards of a release: one Parquet file a film, with its clips and, if it may be, their files.

A shard has the columns of the table `clips`, then `video` (MP4, as people see it) and `audio`
(FLAC, mono, as models hear it), each with the file's bytes and name. Both are null where the
licence permits no copies. A film's clips are in no other file.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Protocol

import pandas as pd

from libra_emo.common.digests import digest_bytes
from libra_emo.publication.errors import ReleaseError
from libra_emo.publication.release.cleaning import clean_flac, clean_mp4
from libra_emo.publication.release.parquet import MEDIA, make_schema, open_writer, to_arrow

CLIPS_AT_ONCE: Final = 16
FILE_COLUMNS: Final = ("clip_id", "video_sha256", "audio_sha256")


class ClipFiles(Protocol):
    """Where the files of clips come from."""

    def video(self, clip_id: str) -> bytes:
        """Return the MP4 file of a clip."""

    def audio(self, clip_id: str) -> bytes:
        """Return the FLAC file of a clip."""


def shard_path(split: str, film_id: str) -> str:
    """Return the place of a film's shard in the release."""
    return f"clips/{split}/{film_id}.parquet"


def write_shards(
    clips: pd.DataFrame, films: pd.DataFrame, files: ClipFiles, folder: Path
) -> pd.DataFrame:
    """Write the shard of each film that has clips; at most a few clips are in memory at once.

    Args:
        clips: The table `clips`.
        films: The table `films`.
        files: Files of the clips.
        folder: Folder of the release.

    Returns:
        A row a clip with `FILE_COLUMNS`: the digests of its two files; null without copies.

    Raises:
        ReleaseError: If a file of a clip is missing or damaged.
    """
    splits = films.set_index("film_id")["split"]
    rows: list[dict[str, str | None]] = []
    for film_id, own in clips.groupby("film_id", sort=True):
        rows += _write_shard(own, files, folder / shard_path(splits[film_id], str(film_id)))
    return pd.DataFrame(rows, columns=list(FILE_COLUMNS))


def _write_shard(clips: pd.DataFrame, files: ClipFiles, path: Path) -> Iterable[dict[str, Any]]:
    import pyarrow as pa

    schema = make_schema(clips, media=True)
    plain = pa.schema([field for field in schema if field.name not in MEDIA], schema.metadata)
    rows = []
    with open_writer(path, schema) as writer:
        for start in range(0, len(clips), CLIPS_AT_ONCE):
            part = clips.iloc[start : start + CLIPS_AT_ONCE]
            media = [_read_clip(clip, files) for clip in part.to_dict("records")]
            table = to_arrow(part, plain)
            for name in MEDIA:
                column = pa.array([clip[name] for clip in media], schema.field(name).type)
                table = table.append_column(schema.field(name), column)
            writer.write_table(table.cast(schema))
            rows += [clip["digests"] for clip in media]
    return rows


def _read_clip(clip: dict[Any, Any], files: ClipFiles) -> dict[str, Any]:
    clip_id = clip["clip_id"]
    digests = dict.fromkeys(FILE_COLUMNS) | {"clip_id": clip_id}
    if not clip["copies"]:
        return {"video": None, "audio": None, "digests": digests}
    try:
        video, audio = clean_mp4(files.video(clip_id)), clean_flac(files.audio(clip_id))
    except (ReleaseError, OSError) as error:
        raise ReleaseError(
            f"clip {clip_id}: its file cannot be released: {error}; run "
            "`kedro run --pipeline preprocessing` again"
        ) from error
    digests |= {"video_sha256": digest_bytes(video), "audio_sha256": digest_bytes(audio)}
    return {
        "video": {"bytes": video, "path": f"{clip_id}.mp4"},
        "audio": {"bytes": audio, "path": f"{clip_id}.flac"},
        "digests": digests,
    }
