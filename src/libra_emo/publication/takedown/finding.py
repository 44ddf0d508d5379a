"""Which films a takedown means: everything that is known by one id, content or address."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from libra_emo.common.addresses.normal_form import normalise_address
from libra_emo.common.digests import digest_file
from libra_emo.publication.takedown.errors import TakedownError
from libra_emo.publication.takedown.film_files import list_film_files
from libra_emo.publication.takedown.film_target import Target
from libra_emo.publication.takedown.known_films import KnownFilm
from libra_emo.publication.takedown.needles import Needles

FILM, AUTHOR, URL, SHA256 = "film", "author", "url", "sha256"
QUESTIONS: Final = (FILM, AUTHOR, URL, SHA256)
NEAR: Final = 3
_ASKED: Final = {
    FILM: "with the id {!r}",
    AUTHOR: "by the author {!r}",
    URL: "from the address {!r}",
    SHA256: "whose file has the SHA-256 {!r}",
}
_FIELDS: Final = {FILM: "film_id", AUTHOR: "author", URL: "url", SHA256: "sha256"}


def find_target(kind: str, value: str, known: Iterable[KnownFilm], project: Path) -> Target:
    """Return the films that an id, an author, an address or a checksum means.

    Films with the same content or address are meant together.

    Args:
        kind: One of `QUESTIONS`.
        value: What was asked for.
        known: What is known of films (`list_known`).
        project: Folder of the project, from which relative paths start.

    Raises:
        TakedownError: If nothing is known by that name; the message has near matches.
    """
    films = list(known)
    chosen = {film for film in films if _is_meant(kind, value, film)}
    if not chosen:
        raise TakedownError(_describe_unknown(kind, value, films))
    chosen = _close(chosen, films)
    authors = (value.strip(),) if kind == AUTHOR else ()
    paths = _gather(chosen, "path")
    digests = {name.lower() for name in _gather(chosen, "sha256")}
    ids = _gather(chosen, "film_id")
    rest = set(films) - chosen
    others = {film.film_id for film in rest if film.film_id}
    shared = {film.path for film in rest if film.path}  # a path that another film has now
    foreign = frozenset(film.sha256.lower() for film in rest if film.sha256)
    files = list_film_files(paths, frozenset(digests), shared, foreign, project)
    places = {*paths, *(path.relative_to(project).as_posix() for path in files)} - shared
    films_there = {project / name for name in paths}.intersection(files)
    own = {digest_file(path) for path in films_there}
    needles = Needles(
        ids=tuple(ids),
        digests=tuple(sorted(digests | own)),
        addresses=tuple(_spell(_gather(chosen, "url"))),
        paths=tuple(sorted({form for path in places for form in _place(path, project)})),
        other_ids=tuple(sorted(others)),
    )
    return Target(needles, len(ids) or 1, authors, tuple(files))


def _is_meant(kind: str, value: str, film: KnownFilm) -> bool:
    own = getattr(film, _FIELDS[kind])
    if own is None:
        return False
    return _normal(kind)(own) == _normal(kind)(value)


def _normal(kind: str) -> Callable[[str], str]:
    if kind == URL:
        return normalise_address
    if kind == FILM:
        return str.strip
    return lambda text: " ".join(text.split()).casefold()


def _close(chosen: set[KnownFilm], films: list[KnownFilm]) -> set[KnownFilm]:
    """Return the films with all that is said of the same id, content or address."""
    while True:
        marks = {mark for film in chosen for mark in _marks(film)}
        more = {film for film in films if marks.intersection(_marks(film))}
        if more <= chosen:
            return chosen
        chosen = chosen | more


def _marks(film: KnownFilm) -> list[tuple[str, Any]]:
    marks: list[tuple[str, Any]] = []
    if film.film_id:
        marks.append(("id", film.film_id))
    if film.sha256:
        marks.append(("sha256", film.sha256.lower()))
    if film.url:
        marks.append(("url", normalise_address(film.url)))
    return marks


def _gather(chosen: set[KnownFilm], field: str) -> list[str]:
    return sorted({value for film in chosen if (value := getattr(film, field)) is not None})


def _spell(addresses: list[str]) -> list[str]:
    """Return addresses as they were written and in their common form."""
    return sorted({form for text in addresses for form in (text.strip(), normalise_address(text))})


def _place(path: str, project: Path) -> list[str]:
    """Return a path as it was written, and from the project's folder; a bare name is no path."""
    if "/" not in path:
        return []
    whole = project / path
    inner = [whole.relative_to(project).as_posix()] if whole.is_relative_to(project) else []
    return [path, whole.as_posix(), *inner]


def _describe_unknown(kind: str, value: str, films: list[KnownFilm]) -> str:
    names = sorted({own for film in films if (own := getattr(film, _FIELDS[kind])) is not None})
    near = difflib.get_close_matches(value, names, NEAR, 0.5)
    hint = f"; near: {', '.join(near)}" if near else ""
    return f"no film is known {_ASKED[kind].format(value)}; nothing was changed{hint}"
