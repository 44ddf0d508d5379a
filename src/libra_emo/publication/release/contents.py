"""The list of contents of a release: `release.json`, and `SHA256SUMS` of all files.

`release.json` says which films a release is made of, with address, checksum, author and licence,
and which rows and files come from each. So all of a film can be found and taken out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from libra_emo.common.digests import digest_file
from libra_emo.common.files import write_text
from libra_emo.publication.errors import ReleaseError
from libra_emo.publication.options import PublicationOptions
from libra_emo.publication.release.shards import shard_path

CONTENTS: Final = "release.json"
CHECKSUMS: Final = "SHA256SUMS"
FORM: Final = 1
_FACTS: Final = (
    *("url", "sha256", "author", "license", "license_text", "license_read_on"),
    *("copies", "reason"),
)


def list_contents(
    tables: Mapping[str, pd.DataFrame], held: pd.DataFrame, options: PublicationOptions
) -> dict[str, Any]:
    """Return the list of contents: the release, its films, and the rows and files of each.

    Args:
        tables: All tables by name; all but `films` have a column `film_id` and rows of clips.
        held: Films that are held, with the reason.
        options: Options of the release.
    """
    counts = {
        name: table.groupby("film_id").size() for name, table in tables.items() if name != "films"
    }
    films = []
    for film in tables["films"].to_dict("records"):
        film_id = film["film_id"]
        rows = {name: int(counted.get(film_id, 0)) for name, counted in counts.items()}
        files = [shard_path(film["split"], film_id)] if rows["clips"] else []
        facts = {name: None if pd.isna(film[name]) else film[name] for name in _FACTS}
        known = {"film_id": film_id, "split": film["split"], **facts}
        films.append({**known, "files": files, "rows": rows})
    return {
        "form": FORM,
        **options.model_dump(mode="json"),
        "tables": {name: len(table) for name, table in sorted(tables.items())},
        "films": films,
        "held": held.to_dict("records"),
    }


def write_checksums(folder: Path) -> None:
    """Write the SHA-256 of every file, as `sha256sum --check SHA256SUMS` reads it."""
    lines = [f"{digest_file(folder / name)}  {name}\n" for name in list_files(folder)]
    write_text(folder / CHECKSUMS, "".join(lines))


def read_checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that the release lists.

    Raises:
        ReleaseError: If the list is missing, or a line is not one of `sha256sum`.
    """
    path = folder / CHECKSUMS
    if not path.is_file():
        raise ReleaseError(f"{folder}: no release, since it has no {CHECKSUMS}")
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        digest, gap, name = line.partition("  ")
        if not gap or len(digest) != 64:
            raise ReleaseError(f"{path.name}: not a line of checksums: {line[:80]!r}")
        found[name] = digest
    return found


def list_files(folder: Path) -> list[str]:
    """Return the names of all files of a release but the checksums, sorted."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in names if name != CHECKSUMS)
