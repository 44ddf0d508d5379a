"""A fetched film brought to its place: one file with picture and sound, and the files beside it.

The files are made ready in a folder of their own, with the film's record as the last. From then on
the film counts as fetched, and the folder is emptied into the place of films, now or by the next
run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from libra_emo.collection.errors import FetchError
from libra_emo.collection.fetcher import FetchedFiles
from libra_emo.common.digests import digest_file, digest_text
from libra_emo.common.files import raise_if_disk, sync_folder, write_json
from libra_emo.media.sources import INFORMATION_ENDING

RECORD: Final = ".record.json"
READY: Final = "ready"
LONGEST_NAME: Final = 60  # characters of a title in the name of a file


def name_film(kept: dict[str, Any], address: str) -> str:
    """Return the name of a film's files without ending: its title and a digest of its address."""
    title = re.sub(r"[^\w]+", "-", str(kept.get("title") or "film")).strip("-")
    return f"{title[:LONGEST_NAME].strip('-') or 'film'}-{digest_text(address)[:8]}"


def make_ready(
    files: FetchedFiles,
    kept: dict[str, Any],
    record: dict[str, Any],
    folder: Path,
) -> dict[str, Any]:
    """Put the files of a film into the folder `ready` inside another, and return its record.

    Args:
        files: The files as they were fetched.
        kept: Kept fields of the film's page.
        record: Record of the film without what is known of its files.
        folder: Folder of this film, in which it was fetched.

    Raises:
        FetchError: If picture and sound cannot be joined.
    """
    ready = folder / READY
    shutil.rmtree(ready, ignore_errors=True)
    ready.mkdir(parents=True)
    name = name_film(kept, record["address"])
    film = _join(files, ready / name)
    for language, path in files.subtitles.items():
        _link(path, ready / f"{name}.{language}{path.suffix}")
    facts = {"license": record["license"], "license_text": record["license_text"]}
    own = {"theme": record["theme"], "language": record["language"]}
    write_json(ready / f"{name}{INFORMATION_ENDING}", {**kept, **facts, **own})
    known = {
        **record,
        "file": film.name,
        "sha256": digest_file(film),
        "subtitles": " ".join(sorted(files.subtitles)) or None,
    }
    write_json(ready / RECORD, known)
    return known


def find_ready(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Give the folders of films that are ready but not in their place, with their records."""
    for path in sorted(folder.glob(f"*/{READY}/{RECORD}")):
        yield path.parents[1], json.loads(path.read_text(encoding="utf-8"))


def place(folder: Path, films: Path) -> None:
    """Move the files of a film that is ready into the folder of films; the film comes last.

    It may be done again after a kill: what was moved stays where it is.
    """
    record = json.loads((folder / READY / RECORD).read_text(encoding="utf-8"))
    films.mkdir(parents=True, exist_ok=True)
    ready = [path for path in sorted((folder / READY).iterdir()) if path.name != RECORD]
    for path in sorted(ready, key=lambda path: path.name == record["file"]):
        _move(path, films / path.name)
    sync_folder(films)
    shutil.rmtree(folder, ignore_errors=True)


def _link(path: Path, target: Path) -> None:
    """Give a file a second name: what was fetched stays until the film is in its place."""
    try:
        os.link(path, target)
    except OSError:  # a file system without links
        shutil.copyfile(path, target)


def _move(path: Path, target: Path) -> None:
    try:
        os.replace(path, target)
    except OSError:  # another file system
        try:
            part = target.with_name(f".{target.name}.part")
            shutil.copyfile(path, part)
            os.replace(part, target)
            path.unlink()
        except OSError as error:
            raise_if_disk(error, target)
            raise


def _join(files: FetchedFiles, stem: Path) -> Path:
    """Return one file with picture and sound; streams are copied, not encoded again."""
    if files.audio is None:
        target = stem.with_name(f"{stem.name}{files.video.suffix}")
        _link(files.video, target)
        return target
    import av

    target = stem.with_name(f"{stem.name}.mkv")
    try:
        with (
            av.open(str(files.video)) as video,
            av.open(str(files.audio)) as audio,
            av.open(str(target), "w", "matroska") as joined,
        ):
            _copy_streams(video.streams.video[0], audio.streams.audio[0], joined)
    except (av.error.FFmpegError, OSError, IndexError) as error:
        raise_if_disk(error, target)
        raise FetchError(f"picture and sound cannot be joined: {error}") from error
    return target


def _copy_streams(picture: Any, sound: Any, joined: Any) -> None:
    """Copy the packets of two streams in the order of their times."""
    import heapq

    def packets(stream: Any, target: Any) -> Iterator[tuple[float, int, Any]]:
        for packet in stream.container.demux(stream):
            if packet.dts is not None:
                time = float(packet.dts * packet.time_base)
                packet.stream = target
                yield time, target.index, packet

    targets = [joined.add_stream_from_template(stream) for stream in (picture, sound)]
    for target in targets:
        target.metadata.clear()
    merged = heapq.merge(
        packets(picture, targets[0]), packets(sound, targets[1]), key=lambda entry: entry[:2]
    )
    for _, _, packet in merged:
        joined.mux(packet)
