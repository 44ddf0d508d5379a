"""The films: where they lie, what is said of them, and what they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from libra_emo.common.files import NO_ROOM, raise_if_disk
from libra_emo.languages.codes import normalise_language
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources.addresses import (
    AddressError,
    is_remote,
    list_files,
    mask_address,
    name_of,
    to_path,
)
from libra_emo.media.sources.fetching import LocalCopies
from libra_emo.media.sources.licences import judge_licence
from libra_emo.media.sources.manifests import (
    FACTS,
    MANIFEST_ENDINGS,
    Film,
    FilmsError,
    read_manifest,
)
from libra_emo.media.sources.sidecars import FILM_ENDINGS, read_sidecar
from libra_emo.media.subtitles.choice import choose_subtitles, describe_subtitles, list_subtitles
from libra_emo.media.subtitles.tracks import SubtitleTrack, list_subtitle_tracks
from libra_emo.media.video.frames import FilmReader, UnreadableFilm, open_film
from libra_emo.media.video.streams import choose_audio, tell_language
from libra_emo.schemas import Sources, check, empty

_BLOCK_BYTES = 1 << 20
_MAX_SLUG = 48
_PICTURE = ("duration_s", "width", "height", "fps", "audio_track")


def find_films(films: str) -> list[Film]:
    """Return the films of a folder and its subfolders, or of a manifest, sorted by path.

    Hidden files and folders are left out.

    Args:
        films: A folder, a manifest (see `read_manifest`), or the address of either as fsspec
            knows it, such as `s3://bucket/films`.

    Raises:
        FilmsError: If it is neither, or the manifest cannot be read.
    """
    if is_remote(films):
        found = _find_remote(films)
    elif to_path(films).is_dir():
        place = to_path(films)
        found = [Film(path) for path in place.rglob("*") if _is_film(path, place)]
    elif to_path(films).is_file() and films.lower().endswith(MANIFEST_ENDINGS):
        found = read_manifest(films)
    else:
        raise FilmsError(
            f"films: {films}: there is no such folder, and no manifest (.csv or .parquet) of "
            "that name; set the parameter `films`"
        )
    return sorted(found, key=lambda film: film.place)


def describe_film(
    film: Film,
    options: PreprocessingOptions | None = None,
    copies: LocalCopies | None = None,
) -> dict[str, Any]:
    """Return a film's row of the sources, with its paths as they were found.

    What the manifest says of it comes before what its sidecar says. A film that cannot be read
    has no duration, size and rate; its reason comes up when it is to be cut. One that its licence
    refuses is neither fetched nor opened.

    Args:
        film: The film.
        options: Which licences let it in.
        copies: Where films that lie elsewhere are copied to.

    Raises:
        DiskError: If there is no room for a copy.
    """
    allowed = options.allowed_licenses if options else None
    here, named, trouble = _bring_sidecars(film, copies)
    sidecar = read_sidecar(here.path)
    facts = {name: film.facts.get(name) or sidecar.get(name) for name in FACTS}
    facts["url"] = facts["url"] or (mask_address(film.address) if film.address else None)
    facts["language"] = normalise_language(facts["language"])
    refused = judge_licence(facts["license"], allowed) is not None
    if film.address and copies and not trouble and not refused:
        trouble = _bring(film.address, copies)
    name = here.path.as_posix().encode("utf-8", "backslashreplace").decode()
    if name != here.path.as_posix():
        trouble = f"{Path(name).name}: its name or a folder's is no text in UTF-8; rename it"
    digest = _digest(here.path, film.place)
    row: dict[str, Any] = {
        "source_id": _name_source(here.path, digest),
        "video_path": name,
        "sha256": digest,
        **facts,
        "subtitle_offset_seconds": film.subtitle_offset_seconds,
        "trouble": trouble,
    }
    if refused or trouble:
        return {**row, **describe_subtitles(None, {}, None), **dict.fromkeys(_PICTURE)}
    return {**row, **_look_into(here.path, named, facts["language"])}


def tabulate_sources(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return the sources as a table (schemas.Sources) with an id of its own for each film.

    Films of one name and content, in different folders, get `-2`, `-3` … behind their id.
    """
    table = pd.DataFrame(list(rows))
    if table.empty:
        return empty(Sources)
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
    """Return the sources table of some films, looked at one after the other."""
    return tabulate_sources(describe_film(film, options, copies) for film in films)


def source_id_of(path: Path) -> str:
    """Return a film's id: a slug of its name, and eight hexadecimal digits of its content."""
    return _name_source(path, _digest(path, path.name))


def make_slug(name: str) -> str:
    """Return a name in small Latin letters, digits and dashes; `film` when nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MAX_SLUG].strip("-") or "film"


def _find_remote(films: str) -> list[Film]:
    if name_of(films).lower().endswith(MANIFEST_ENDINGS):
        return read_manifest(films)
    try:
        listed = list_files(films)
    except AddressError as error:
        raise FilmsError(f"films: {error}") from error
    if not listed:
        raise FilmsError(
            f"films: {mask_address(films)}: there is no such folder, or nothing in it; set the "
            "parameter `films`"
        )
    return [Film(Path(name_of(each)), address=each) for each in listed if _is_remote_film(each)]


def _is_film(path: Path, place: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
    return path.suffix.lower() in FILM_ENDINGS and not hidden and not path.is_dir()


def _is_remote_film(address: str) -> bool:
    hidden = any(part.startswith(".") for part in address.split("/"))
    return Path(name_of(address)).suffix.lower() in FILM_ENDINGS and not hidden


def _name_source(path: Path, digest: str) -> str:
    return f"{make_slug(path.stem)}-{digest[:8]}"


def _bring_sidecars(film: Film, copies: LocalCopies | None) -> tuple[Film, Path | None, str | None]:
    """Return the film as it lies here, its named subtitle, and what keeps it from being here."""
    subtitle = film.subtitle
    if film.address is None:
        return film, _bring_subtitle(subtitle, copies), None
    if copies is None:
        return film, None, f"{film.place}: there is no folder to fetch it into"
    here = replace(film, path=copies.place_of(film.address))
    try:
        named = copies.fetch_beside(film.address, subtitle)
    except (AddressError, OSError) as error:
        return here, None, mask_address(str(error))
    return here, named, None


def _bring_subtitle(place: str | None, copies: LocalCopies | None) -> Path | None:
    """Return where a subtitle of a film of this machine lies, or should lie."""
    if place is None or not is_remote(place):
        return to_path(place) if place else None
    if copies is None:
        return Path(name_of(place))
    _bring(place, copies)
    return copies.place_of(place)


def _bring(address: str, copies: LocalCopies) -> str | None:
    """Fetch a film; return why it cannot be fetched, None where it is here."""
    try:
        copies.fetch(address)
    except (AddressError, OSError) as error:
        raise_if_disk(error, copies.place_of(address), NO_ROOM)
        return mask_address(str(error))
    return None


def _digest(path: Path, place: str) -> str:
    """Return the SHA-256 of a file's content, or of where it should be if it cannot be read."""
    digest = sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
    except OSError:
        digest = sha256(Path(place).name.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _look_into(film: Path, named: Path | None, language: str | None) -> dict[str, Any]:
    """Return what a film's tracks, and the subtitles in and beside it, say."""
    spoken, tracks = _list_tracks(film)
    subtitles = list_subtitles(film, named, tracks, language or spoken)
    main, translations = choose_subtitles(subtitles, language or spoken)
    if main is not None:
        language = language or main.told or spoken or main.text_language
    language = language or spoken
    told = describe_subtitles(main, translations, language)
    if main is None and tracks:
        told["warning"] = "its subtitle tracks are pictures, which cannot be read as text"
    return {**told, "language": language, **_probe(film, language)}


def _list_tracks(film: Path) -> tuple[str | None, list[SubtitleTrack]]:
    try:
        with open_film(film) as container:
            return tell_language(container), list_subtitle_tracks(container)
    except UnreadableFilm:
        return None, []


def _probe(path: Path, language: str | None) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(_PICTURE)
    try:
        with FilmReader(path) as reader:
            sound = choose_audio(reader.container, language)
            duration = reader.read_duration_ms() / 1000
            track = sound.index if sound is not None else None
            width, height = reader.read_size()
            if width <= 0 or height <= 0:
                return nothing
            return {
                "duration_s": duration,
                "width": width,
                "height": height,
                "fps": round(float(reader.rate), 3),
                "audio_track": track,
            }
    except UnreadableFilm:
        return nothing
