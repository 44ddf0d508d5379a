"""A cache of processed films: one record for each film, so that no film is processed twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from libra_emo.common.digests import digest_file, digest_json
from libra_emo.common.files import raise_if_disk, sync_folder
from libra_emo.common.integrity.checksums import checksum_file
from libra_emo.common.integrity.content_memory import ContentMemory
from libra_emo.common.integrity.stamps import FileMemory
from libra_emo.media.clips.places import clips_of_film
from libra_emo.media.films.clip_ledger import ledger_row
from libra_emo.media.films.fingerprint import fingerprint_code
from libra_emo.media.films.guard import describe_error, to_line
from libra_emo.media.films.process import FilmResult, process_film
from libra_emo.media.films.records import read_record, write_record
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources.licences import explain_refusal

RECORD_ENDING = ".film.json"
# columns of a film that do not change its clips; whether the licence lets the film in is part of
# the key by itself
IRRELEVANT = frozenset({"title", "url", "author", "theme", "license", "warning", "outage"})
# options that do not change clips either; whether a licence is allowed is part of the key by itself
UNIMPORTANT_OPTIONS = {"features", "allowed_licenses", "fetching", "time_limits"}
# the later measuring of clips does not change them either
MEASURING_MODULES = frozenset({"libra_emo.media.clips.features"})
_RESULT = TypeAdapter(FilmResult)


@dataclass(frozen=True)
class OutputFolders:
    """The folders for clip files, shards and records of films.

    The clips of a film lie in a folder of their own below `clips`, named by the film's id.
    """

    clips: Path
    shards: Path
    records: Path

    def clips_of(self, source_id: str) -> Path:
        """Return the folder for the clip files of a film."""
        return clips_of_film(self.clips, source_id)


@dataclass(frozen=True)
class FilmTask:
    """A film to process.

    Attributes:
        source: The film's row of the sources, with absolute paths.
        key: Digest of everything that the result depends on.
    """

    source: dict[str, Any]
    key: str

    @property
    def source_id(self) -> str:
        """Id of the film."""
        return str(self.source["source_id"])

    @property
    def size(self) -> int:
        """Size of its file in bytes; 0 if it is not there."""
        try:
            return Path(self.source["video_path"]).stat().st_size
        except (OSError, ValueError):
            return 0

    @property
    def seconds(self) -> float:
        """Length of the film; 0 if it is not known."""
        return float(self.source.get("duration_s") or 0.0)


def make_film_task(
    source: Mapping[str, Any],
    options: PreprocessingOptions,
    read_texts: Callable[[], Mapping[str, str]] = dict,
    memory: FileMemory | None = None,
) -> FilmTask:
    """Return the task of processing a film.

    The result depends on the content of the film and of its subtitle files, on the film's columns
    apart from title, address, author and theme, on the options, and on the code.

    Args:
        source: The film's row of the sources, with absolute paths.
        options: Options of the preprocessing.
        read_texts: Returns digests of its subtitle files by name, for files that are away.
        memory: Memory of the digests of files that are there.
    """
    digest = partial(_digest_subtitle, source=source, read_known=read_texts, memory=memory)
    facts = {name: value for name, value in source.items() if name not in IRRELEVANT}
    facts["video_path"] = Path(facts["video_path"]).name  # `sha256` stands for the content
    facts["subtitle_path"] = digest(source.get("subtitle_path"))
    if isinstance(source.get("translations"), str):
        facts["translations"] = [
            [language, digest(place["path"]), place["track"]]
            for language, place in json.loads(source["translations"]).items()
        ]
    whole = {
        "source": facts,
        "refused": explain_refusal(source.get("license"), options.allowed_licenses),
        "options": options.model_dump(mode="json", exclude=UNIMPORTANT_OPTIONS),
        "code": fingerprint_code("libra_emo.media.films.process", MEASURING_MODULES),
    }
    return FilmTask(dict(source), digest_json(whole))


def find_cached_film(
    task: FilmTask,
    folders: OutputFolders,
    memory: FileMemory | None = None,
    records: ContentMemory | None = None,
) -> FilmResult | None:
    """Return the cached result of a film; None if it is outdated, or has to be made again.

    It has to be made again if a file of it is missing or damaged, or the record is of another
    shape than this version's. Files and records that the memories know are not read.
    """
    content = read_record(_record_path(task, folders), task.key, records, _has_shape)
    if content is None:
        return None
    try:
        result = FilmResult(**content["result"])
        if _checksums(result, folders, memory) != content["checksums"]:
            return None
        return _with_clip_paths(result, folders)
    except (OSError, LookupError, TypeError, ValueError):
        return None


def _has_shape(content: Any) -> bool:
    return bool(asdict(_RESULT.validate_python(content["result"])) == content["result"])


def process_and_cache_film(
    task: FilmTask, options: PreprocessingOptions, folders: OutputFolders
) -> FilmResult:
    """Process a film, and write its record once all its files are written.

    A film whose processing fails gets one row of the ledger, `unreadable`. No record is written for
    it, nor for a film that cannot be opened, so that the next run tries it again.

    Raises:
        DiskError: If clips or shards cannot be written.
    """
    record = _record_path(task, folders)
    record.unlink(missing_ok=True)  # its files are about to change
    try:
        clips_folder = folders.clips_of(task.source_id)
        result = process_film(task.source, options, clips_folder, folders.shards)
    except Exception as error:
        raise_if_disk(error, folders.shards / f"{task.source_id}.tar")
        return mark_unreadable(task, describe_error(error))
    if all(row["start_s"] is None for row in result.ledger):
        return result
    named = [{**row, "clip_path": Path(row["clip_path"]).name} for row in result.candidates]
    result = replace(result, candidates=named)
    content = {"result": asdict(result), "checksums": _checksums(result, folders)}
    for folder in (folders.clips, clips_folder, folders.shards):
        sync_folder(folder)
    kept = write_record(record, task.key, content)
    return _with_clip_paths(FilmResult(**kept["result"]), folders)


def mark_unreadable(task: FilmTask, reason: str) -> FilmResult:
    """Return the result of a film that cannot be processed."""
    return FilmResult(task.source_id, [ledger_row(task.source_id, "unreadable", to_line(reason))])


def _record_path(task: FilmTask, folders: OutputFolders) -> Path:
    return folders.records / f"{task.source_id}{RECORD_ENDING}"


def _checksums(
    result: FilmResult, folders: OutputFolders, memory: FileMemory | None = None
) -> dict[str, str]:
    """Return the checksum of each file of a film, by the name of the file."""
    memory = memory or FileMemory()
    clips_folder = folders.clips_of(result.source_id)
    paths = [clips_folder / Path(row["clip_path"]).name for row in result.candidates]
    if result.shard is not None:
        paths.append(folders.shards / result.shard)
    return {path.name: memory.recall(path, checksum_file) for path in paths}


def _with_clip_paths(result: FilmResult, folders: OutputFolders) -> FilmResult:
    """Return a result with the full path of each clip file in place of its name."""
    clips_folder = folders.clips_of(result.source_id).as_posix()
    rows = [{**row, "clip_path": f"{clips_folder}/{row['clip_path']}"} for row in result.candidates]
    return replace(result, candidates=rows)


def _digest_subtitle(
    place: Any,
    source: Mapping[str, Any],
    read_known: Callable[[], Mapping[str, str]],
    memory: FileMemory | None = None,
) -> list[str] | None:
    """Return name and digest of a subtitle file; the film's name alone for a track in the film."""
    if not isinstance(place, str):
        return None
    if place == source["video_path"]:
        return [Path(place).name]
    try:
        return [Path(place).name, (memory or FileMemory()).recall(Path(place), digest_file)]
    except OSError:
        return [Path(place).name, read_known().get(Path(place).name, "")]
