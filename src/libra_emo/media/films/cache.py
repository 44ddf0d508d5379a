"""Films that are done: a record of each, so that what is unchanged is not done again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from libra_emo.common.files import raise_if_disk
from libra_emo.media.films.clip_ledger import UnbalancedFilm, ledger_row
from libra_emo.media.films.fingerprint import digest_rules
from libra_emo.media.films.process import FilmResult, process_film
from libra_emo.media.films.records import read_record, write_record
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources.licences import judge_licence

RECORD_ENDING = ".film.json"
# facts of a film that are carried along and decide nothing in it; what its licence decides is
# looked at by itself
CARRIED = frozenset({"title", "url", "author", "theme", "license", "warning"})
# what is measured of clips later on decides nothing either
MEASURING = frozenset({"libra_emo.media.clips.features"})


@dataclass(frozen=True)
class Folders:
    """Where films' clip files, shards and records go."""

    clips: Path
    shards: Path
    finished: Path


@dataclass(frozen=True)
class FilmTask:
    """A film to work on.

    Attributes:
        source: Its row of the sources, with paths that open from anywhere.
        key: The digest of all that its result depends on.
    """

    source: dict[str, Any]
    key: str

    @property
    def source_id(self) -> str:
        """The film's id."""
        return str(self.source["source_id"])

    @property
    def seconds(self) -> float:
        """The film's length as far as it is known."""
        return float(self.source.get("duration_s") or 0.0)


def plan_film(source: Mapping[str, Any], options: PreprocessingOptions) -> FilmTask:
    """Return the task of a film, with a digest of all that its result depends on.

    That is the content of the film and of its subtitle files, what is known of the film apart from
    title, address, author and theme, the options, and the rules (`digest_rules`).
    """
    facts = {name: value for name, value in source.items() if name not in CARRIED}
    facts["video_path"] = Path(facts["video_path"]).name  # its content is known, its name is told
    facts["subtitle_path"] = _digest_subtitle(source.get("subtitle_path"), source)
    if isinstance(source.get("translations"), str):
        facts["translations"] = [
            [language, _digest_subtitle(place["path"], source), place["track"]]
            for language, place in json.loads(source["translations"]).items()
        ]
    whole = {
        "source": facts,
        "refused": judge_licence(source.get("license"), options.allowed_licenses),
        "options": options.model_dump(mode="json", exclude={"features", "allowed_licenses"}),
        "rules": digest_rules("libra_emo.media.films.process", MEASURING),
    }
    key = sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
    return FilmTask(dict(source), key)


def find_finished(task: FilmTask, folders: Folders) -> FilmResult | None:
    """Return the result of a film that is done, unchanged, and has all its files; else None."""
    content = read_record(_record(task, folders), task.key)
    if content is None:
        return None
    result = FilmResult(**content["result"])
    try:
        sizes = _sizes(result, folders)
    except OSError:
        return None
    return _placed(result, folders) if sizes == content["sizes"] else None


def finish_film(task: FilmTask, options: PreprocessingOptions, folders: Folders) -> FilmResult:
    """Work on a film, and leave a record of it once all its files are written.

    A film that breaks the work on it off is one row of the ledger, `unreadable`. It leaves no
    record, and neither does one that cannot be opened: another time it may be better.

    Raises:
        DiskError: If clips or shards cannot be written.
        UnbalancedFilm: If the scenes do not tile the film.
    """
    record = _record(task, folders)
    record.unlink(missing_ok=True)  # from here on its files are those of no run
    try:
        result = process_film(task.source, options, folders.clips, folders.shards)
    except UnbalancedFilm:
        raise
    except Exception as error:
        raise_if_disk(error, folders.shards / f"{task.source_id}.tar")
        return give_up_film(task, f"{type(error).__name__}: {error}")
    if all(row["start_s"] is None for row in result.ledger):
        return result
    named = [{**row, "clip_path": Path(row["clip_path"]).name} for row in result.candidates]
    result = replace(result, candidates=named)
    content = {"result": asdict(result), "sizes": _sizes(result, folders)}
    kept = write_record(record, task.key, content)
    return _placed(FilmResult(**kept["result"]), folders)


def give_up_film(task: FilmTask, reason: str) -> FilmResult:
    """Return the result of a film that cannot be worked on."""
    one_line = " ".join(reason.split())
    return FilmResult(task.source_id, [ledger_row(task.source_id, "unreadable", one_line)])


def _record(task: FilmTask, folders: Folders) -> Path:
    return folders.finished / f"{task.source_id}{RECORD_ENDING}"


def _sizes(result: FilmResult, folders: Folders) -> dict[str, int]:
    """Return the size of each of a film's files, by its name."""
    paths = [folders.clips / Path(row["clip_path"]).name for row in result.candidates]
    if result.shard is not None:
        paths.append(folders.shards / result.shard)
    return {path.name: path.stat().st_size for path in paths}


def _placed(result: FilmResult, folders: Folders) -> FilmResult:
    """Return a result whose clip files lie in this run's folder."""
    rows = [
        {**row, "clip_path": (folders.clips / row["clip_path"]).as_posix()}
        for row in result.candidates
    ]
    return replace(result, candidates=rows)


def _digest_subtitle(place: Any, source: Mapping[str, Any]) -> list[str] | None:
    """Return a subtitle file's name and the digest of its content; a track's is the film's."""
    if not isinstance(place, str):
        return None
    if place == source["video_path"]:
        return [Path(place).name]
    try:
        return [Path(place).name, sha256(Path(place).read_bytes()).hexdigest()]
    except OSError:
        return [Path(place).name, ""]
