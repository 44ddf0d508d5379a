"""The fetching of a film before it is described, and what it means if that fails."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from libra_emo.common.files import NO_ROOM, DiskError, raise_if_disk
from libra_emo.media.films.guard import describe_error, to_line
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.sources.addresses import to_path
from libra_emo.media.sources.failures import AddressError, FailureKind
from libra_emo.media.sources.fetching import LocalCopies
from libra_emo.media.sources.licences import explain_refusal
from libra_emo.media.sources.manifests import Film
from libra_emo.media.sources.sidecars import read_sidecar

_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
_IMPOSSIBLE = frozenset({errno.ENAMETOOLONG, errno.EINVAL, errno.EISDIR, errno.ENXIO})


@dataclass(frozen=True)
class FetchedFilm:
    """A film that lies on this machine, as far as it could be fetched.

    Attributes:
        film: The film, with the path of the file or of its copy.
        named: Path of the subtitle that a manifest names.
        failure: Kind of the trouble with the film or with a file beside it, if there was any.
        reason: The trouble in words.
        is_copied: Whether the file, or a copy from before, is there to be read.
    """

    film: Film
    named: Path | None = None
    failure: FailureKind | None = None
    reason: str | None = None
    is_copied: bool = True

    @property
    def trouble(self) -> str | None:
        """Why there is no film to read, if there is none."""
        return None if self.is_copied else self.reason

    @property
    def size(self) -> int:
        """Size of the file in bytes; 0 if it is not there."""
        try:
            return self.film.path.stat().st_size
        except (OSError, ValueError):
            return 0

    @property
    def outage(self) -> str | None:
        """Trouble that may pass, and that ends the run with an error when all else is done."""
        return self.reason if self.failure == "passing" else None


def fetch_or_explain(
    film: Film, options: PreprocessingOptions, copies: LocalCopies | None
) -> FetchedFilm:
    """Return a film as far as it can be fetched, whatever goes wrong.

    Raises:
        DiskError: If there is no room for a copy.
    """
    try:
        return fetch_film(film, options, copies)
    except DiskError:
        raise
    except Exception as error:
        reason = f"{to_line(film.place)}: it cannot be fetched: {describe_error(error)}"
        return FetchedFilm(film, None, "wrong", reason, is_copied=False)


def fetch_film(
    film: Film, options: PreprocessingOptions, copies: LocalCopies | None
) -> FetchedFilm:
    """Return a film as far as it can be fetched; one that is refused for its licence is not.

    Raises:
        DiskError: If there is no room for a copy.
    """
    if film.trouble is not None:
        return FetchedFilm(film, None, "wrong", film.trouble, is_copied=False)
    if film.address is None:
        return _fetch_local(film, copies)
    if copies is None:
        reason = f"{film.place}: there is no folder to fetch it into"
        return FetchedFilm(film, None, "wrong", reason, is_copied=False)
    here = replace(film, path=copies.place_of(film.address))
    named = None
    try:
        copies.look_up(film.address)
        named = copies.fetch_beside(film.address, film.subtitle_address)
        if not _is_refused(here, options):
            copies.fetch(film.address)
    except (AddressError, OSError) as error:
        raise_if_disk(error, here.path, NO_ROOM)
        kind, reason = _explain(error, film.place)
        return FetchedFilm(here, named, kind, reason, is_copied=here.path.is_file())
    return FetchedFilm(here, named)


def _fetch_local(film: Film, copies: LocalCopies | None) -> FetchedFilm:
    """Return a film of this machine, with its named subtitle fetched if it lies elsewhere."""
    named, failure = _fetch_subtitle(film, copies)
    if _is_special(film.path):
        reason = f"{film.path.name}: it is not a regular file"
        return FetchedFilm(film, named, "wrong", reason, is_copied=False)
    try:
        with film.path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        return _explain_local(film, named, error)
    if failure is not None and failure.kind == "passing":
        is_copied = named is not None and named.is_file()
        return FetchedFilm(film, named, "passing", str(failure), is_copied)
    return FetchedFilm(film, named)


def _is_special(path: Path) -> bool:
    """Return whether a path leads to a folder, a pipe or a device, which is never opened."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _fetch_subtitle(
    film: Film, copies: LocalCopies | None
) -> tuple[Path | None, AddressError | None]:
    """Return the local path of the named subtitle, which may not exist, and what went wrong."""
    if film.subtitle is None:
        return None, None
    address = film.subtitle_address
    if address is None:
        return to_path(str(film.subtitle)), None
    if copies is None:
        return Path(address.name), None
    place = copies.place_of(address)
    try:
        copies.fetch_subtitle(address)
    except AddressError as error:
        return place, error
    except OSError as error:
        raise_if_disk(error, place, NO_ROOM)
        return place, AddressError(f"{address}: {_describe(error)}")
    return place, None


def _explain_local(film: Film, named: Path | None, error: OSError | ValueError) -> FetchedFilm:
    """Return what it means that a file of this machine cannot be opened."""
    number = getattr(error, "errno", None)
    if number is None:
        return FetchedFilm(
            film, named, "wrong", f"{to_line(film.path.name)}: it is no path", is_copied=False
        )
    kind: FailureKind = "gone" if number in _ABSENT else "passing"
    kind = "wrong" if number in _IMPOSSIBLE else kind
    reason = f"{to_line(film.path.name)}: it cannot be read: {os.strerror(number).lower()}"
    return FetchedFilm(film, named, kind, reason, is_copied=False)


def _is_refused(film: Film, options: PreprocessingOptions) -> bool:
    if options.allowed_licenses is None:
        return False
    licence = film.facts.get("license") or read_sidecar(film.path).get("license")
    return explain_refusal(licence, options.allowed_licenses) is not None


def _explain(error: AddressError | OSError, place: str) -> tuple[FailureKind, str]:
    if isinstance(error, AddressError):
        return error.kind, str(error)
    return "passing", f"{place}: its copy cannot be written: {_describe(error)}"


def _describe(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else type(error).__name__
