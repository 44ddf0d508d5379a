"""`kedro contains`: whether a film is in a release, from its published list of sources alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from libra_emo.common.addresses.normal_form import normalise_address
from libra_emo.common.digests import digest_file
from libra_emo.common.secrecy.addresses import show_address
from libra_emo.publication.errors import ReleaseError
from libra_emo.publication.release.contents import CONTENTS

_DIGEST: Final = re.compile(r"[0-9a-fA-F]{64}")
_VERSION: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-(.+))?")


class SourcesError(ReleaseError):
    """A release cannot be asked, or not about this; the status differs from that of a no."""

    exit_code = 2


def read_sources(place: Path) -> Mapping[str, Any]:
    """Return the list of contents of a release.

    Args:
        place: Folder of a release, or its `release.json` alone.

    Raises:
        SourcesError: If it is neither.
    """
    path = place / CONTENTS if place.is_dir() else place
    try:
        contents: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        films = contents["films"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourcesError(
            f"{place}: no release, since {path.name} cannot be read ({type(error).__name__}); name "
            "the folder of a release, or its release.json, with --release"
        ) from error
    if not isinstance(films, list):
        raise SourcesError(f"{place}: no list of films in {path.name}")
    return contents


def find_film(question: str, contents: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the films of a release that an address, a file or a SHA-256 means.

    Args:
        question: An address, the path of a film's file, or its SHA-256 in hexadecimal digits.
        contents: List of contents of the release.

    Raises:
        SourcesError: If it is none of these, or the file cannot be read.
    """
    wanted = question.strip()
    path = Path(wanted)
    if _is_file(path):
        digest = _read_digest(path)
    elif _DIGEST.fullmatch(wanted):
        digest = wanted.lower()
    elif "/" in wanted and "." in wanted and (form := normalise_address(wanted)).startswith("http"):
        # a published address lacks parameters that could be secrets
        forms = {form, normalise_address(show_address(form))}
        return [film for film in contents["films"] if forms.intersection(_addresses(film))]
    else:
        raise SourcesError(f"{wanted}: no address that begins with http, and no such file")
    return [film for film in contents["films"] if film["sha256"] == digest]


def list_releases(folder: Path) -> list[Path]:
    """Return the folders of releases, the highest version first."""
    found = [path.parent for path in folder.glob(f"*/{CONTENTS}")]
    return sorted(found, key=lambda path: order_version(path.name), reverse=True)


def order_version(version: str) -> tuple[Any, ...]:
    """Return what versions sort by: 1.0.0-rc.1 is before 1.0.0, and 1.9.0 before 1.10.0."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return (-1,)
    numbers = tuple(int(match[place]) for place in (1, 2, 3))
    parts = (match[4] or "").split(".") if match[4] else []
    before = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)
    return (*numbers, not before, before)


def _addresses(film: Mapping[str, Any]) -> Iterator[str]:
    if film.get("url"):
        yield normalise_address(str(film["url"]))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long for a path, or a zero in it
        return False


def _read_digest(path: Path) -> str:
    try:
        return digest_file(path)
    except OSError as error:
        raise SourcesError(f"{path}: cannot be read: {error.strerror}") from error
