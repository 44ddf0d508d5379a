"""The table of sources: the location, the metadata and the technical data of each film."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.digests import digest_file, digest_text
from libra_emo.common.files import NO_ROOM, raise_if_disk
from libra_emo.common.secrecy.addresses import show_address
from libra_emo.languages.codes import normalise_language
from libra_emo.media.films.fetched import FetchedFilm, fetch_film
from libra_emo.media.films.guard import describe_error, to_line
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources.fetching import LocalCopies
from libra_emo.media.sources.licences import explain_refusal
from libra_emo.media.sources.manifests import FACTS, Film
from libra_emo.media.sources.sidecars import (
    explain_sidecar,
    list_unused_subtitles,
    read_sidecar,
)
from libra_emo.media.subtitles.choice import choose_subtitles, describe_subtitles, list_subtitles
from libra_emo.media.subtitles.tracks import SubtitleTrack, list_subtitle_tracks
from libra_emo.media.subtitles.warnings import describe_subtitle_warnings
from libra_emo.media.video.colour import read_colours
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.opening import UnreadableFilm, open_film
from libra_emo.media.video.streams import (
    choose_audio,
    describe_unusable,
    read_spoken_language,
)
from libra_emo.schemas import Sources, check, empty

_MAX_SLUG = 48
_PICTURE = ("duration_s", "width", "height", "fps", "audio_track")


def describe_film(
    film: Film,
    options: PreprocessingOptions | None = None,
    copies: LocalCopies | None = None,
) -> dict[str, Any]:
    """Return a film's row of the sources, with its paths as they were found.

    The manifest takes precedence over the sidecar. A film that cannot be read has no duration, size
    and frame rate; the reason is reported when the film is cut. A film that is refused for its
    licence is neither fetched nor opened.

    Args:
        film: The film.
        options: Options that say which licences are allowed.
        copies: Folder for local copies of remote films.

    Raises:
        DiskError: If there is no room for a copy.
    """
    chosen = options or PreprocessingOptions()
    return describe_fetched(fetch_film(film, chosen, copies), chosen)


def describe_fetched(fetched: FetchedFilm, options: PreprocessingOptions) -> dict[str, Any]:
    """Return the row of the sources of a film that was fetched; nothing outside is asked.

    Whatever goes wrong costs this film alone: it then has the reason as its `trouble`. Beside the
    columns the row has `failure` and `reason`: the kind of trouble with fetching the film, if
    there was any, and the trouble in words.

    Raises:
        DiskError: If a disk is full.
    """
    try:
        return _describe(fetched, options)
    except Exception as error:
        raise_if_disk(error, fetched.film.path, NO_ROOM)
        return describe_unlisted(fetched, describe_error(error))


def describe_unlisted(fetched: FetchedFilm, reason: str) -> dict[str, Any]:
    """Return the row of the sources of a film that cannot be listed.

    Args:
        fetched: The film.
        reason: Reason why it cannot be listed.
    """
    film = fetched.film
    name = to_line(film.path.name) or "film"
    trouble = f"{name}: it cannot be listed: {reason}"
    return {
        "source_id": f"{make_slug(Path(name).stem)}-{digest_text(film.place)[:8]}",
        "video_path": film.path.as_posix().encode("utf-8", "backslashreplace").decode(),
        "sha256": digest_text(film.place),
        **dict.fromkeys(FACTS),
        "subtitle_offset_seconds": None,
        "trouble": trouble,
        "outage": fetched.outage,
        "failure": fetched.failure or "wrong",
        "reason": fetched.reason or trouble,
        **describe_subtitles(None, {}),
        **dict.fromkeys(_PICTURE),
    }


def _describe(fetched: FetchedFilm, options: PreprocessingOptions) -> dict[str, Any]:
    film, trouble = fetched.film, fetched.trouble
    sidecar = read_sidecar(film.path)
    facts = {name: film.facts.get(name) or sidecar.get(name) for name in FACTS}
    trouble = trouble or film.trouble
    facts["url"] = show_address(facts["url"]) if facts["url"] else film.shown_address
    facts["language"] = normalise_language(facts["language"])
    refused = explain_refusal(facts["license"], options.allowed_licenses) is not None
    name = film.path.as_posix().encode("utf-8", "backslashreplace").decode()
    if name != film.path.as_posix():
        trouble = f"{Path(name).name}: its name, or that of a folder, is not valid UTF-8; rename it"
    digest = _digest(film.path, film.place)
    row: dict[str, Any] = {
        "source_id": _name_source(film.path, digest),
        "video_path": name,
        "sha256": digest,
        **facts,
        "subtitle_offset_seconds": film.subtitle_offset_seconds,
        "trouble": trouble,
        "outage": fetched.outage,
        "failure": fetched.failure,
        "reason": fetched.reason,
    }
    if refused or trouble:
        return {**row, **describe_subtitles(None, {}), **dict.fromkeys(_PICTURE)}
    return {**row, **_inspect_film(film.path, fetched.named, facts["language"])}


def tabulate_sources(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return the sources as a table (schemas.Sources) in which every id is unique.

    Films with the same name and content, in different folders, get ids that end with `-2`, `-3` ….
    """
    table = pd.DataFrame(list(rows)).drop(columns=["failure", "reason"], errors="ignore")
    if table.empty:
        return empty(Sources)
    if "outage" in table and table["outage"].isna().all():
        table = table.drop(columns="outage")
    table = table.sort_values(["source_id", "video_path"])
    number = table.groupby("source_id").cumcount()
    suffix = number.map(lambda count: f"-{count + 1}" if count else "")
    table["source_id"] = table["source_id"] + suffix
    checked = check(table, Sources)
    return checked.sort_values("source_id", ignore_index=True)


def describe_films(
    films: Iterable[Film],
    options: PreprocessingOptions | None = None,
    copies: LocalCopies | None = None,
) -> pd.DataFrame:
    """Return the sources table of some films, which are opened one after the other."""
    return tabulate_sources(describe_film(film, options, copies) for film in films)


def source_id_of(path: Path) -> str:
    """Return the id of a film: a slug of its name, and eight digits of its content's digest."""
    return _name_source(path, _digest(path, path.name))


def make_slug(name: str) -> str:
    """Return a name in lower-case Latin letters, digits and dashes; `film` if nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MAX_SLUG].strip("-") or "film"


def _name_source(path: Path, digest: str) -> str:
    return f"{make_slug(path.stem)}-{digest[:8]}"


def _digest(path: Path, place: str) -> str:
    """Return the digest of a file's content, or of its name if the file cannot be read."""
    try:
        return digest_file(path)
    except (OSError, ValueError):
        return digest_text(Path(place).name)


def _inspect_film(film: Path, named: Path | None, language: str | None) -> dict[str, Any]:
    """Return the columns that come from a film's tracks, and from its subtitles."""
    spoken, tracks = _list_tracks(film)
    subtitles = list_subtitles(film, named, tracks, language or spoken)
    main, translations = choose_subtitles(subtitles, language or spoken)
    if main is not None:
        language = language or main.declared_language or spoken or main.text_language
    language = language or spoken
    warnings = describe_subtitle_warnings(
        main,
        [*([main] if main else []), *translations.values()],
        subtitles,
        list_unused_subtitles(film),
        language,
    )
    if main is None and tracks:
        warnings.append("its subtitle tracks are pictures, which cannot be read as text")
    if (sidecar := explain_sidecar(film)) is not None:
        warnings.append(sidecar)
    columns = describe_subtitles(main, translations)
    probed = _probe(film, language)
    probed["warning"] = _join(*warnings, probed["warning"])
    return {**columns, "language": language, **probed}


def _list_tracks(film: Path) -> tuple[str | None, list[SubtitleTrack]]:
    try:
        with open_film(film) as container:
            return read_spoken_language(container), list_subtitle_tracks(container)
    except UnreadableFilm:
        return None, []


def _probe(path: Path, language: str | None) -> dict[str, Any]:
    """Return the columns about a film's picture and sound, with a warning where one is odd."""
    nothing: dict[str, Any] = dict.fromkeys((*_PICTURE, "warning"))
    try:
        with FilmReader(path, language) as reader:
            sound = choose_audio(reader.container, language)
            unusable = describe_unusable(reader.container)
            duration = reader.read_duration_ms() / 1000
            context = reader.stream.codec_context
            width, height, mapped = context.width, context.height, None
            first = reader.read_first()
            if first is not None:
                width, height = first.width, first.height
                mapped = read_colours(first).describe()
            if width <= 0 or height <= 0:
                return nothing
            return {
                "duration_s": duration,
                "width": width,
                "height": height,
                "fps": round(float(reader.rate), 3),
                "audio_track": sound.index if sound is not None else None,
                "warning": _join(unusable, mapped),
            }
    except UnreadableFilm:
        return nothing


def _join(*warnings: str | None) -> str | None:
    """Return the warnings that there are in one line."""
    return "; ".join(warning for warning in warnings if warning) or None
