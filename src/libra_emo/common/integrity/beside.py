"""Files whose checksum lies beside them, for formats that have no place for one: CSV, JSON, PNG.

The checksum of `rounds.csv` is in `.rounds.csv.crc32`, twice, so that damage of this file itself
accuses no other. While a file is replaced the new checksum and the old one are in it: wherever the
writer is killed, the file fits one of them. A file without a checksum, such as one that an earlier
version or another program wrote, is read unchecked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from libra_emo.common.files import new_file, write_text
from libra_emo.common.integrity.checksums import DamagedFileError, checksum, checksum_file

ENDING: Final = ".crc32"
# a file may be replaced between the reading of its checksum and its own
_ATTEMPTS: Final = 3
_CHECKSUM: Final = re.compile(rb"(?<!\S)[0-9a-f]{8}(?!\S)")


def checksum_beside(path: Path) -> Path:
    """Return the place of a file's checksum."""
    return path.with_name(f".{path.name}{ENDING}")


@contextmanager
def new_checked_file(path: Path) -> Iterator[Path]:
    """Give a place to write to, as `new_file` does, and write the checksum beside the file.

    When the block raises, what was at `path` stays, and so does its checksum.
    """
    with new_file(path) as part:
        yield part
        now, before = checksum_file(part), _read_checksums(path)
        if set(before) != {now}:
            _write_checksums(path, [now, *(before or [now])])
    if before and set(before) != {now}:
        _write_checksums(path, [now, now])


def read_checked(path: Path) -> bytes:
    """Return the content of a file that is as it was written, or that has no checksum.

    Raises:
        DamagedFileError: If its checksum differs.
        OSError: If it cannot be read.
    """
    for _ in range(_ATTEMPTS):
        known, content = _read_checksums(path), path.read_bytes()
        if not known or checksum(content) in known:
            return content
    advice = describe_acceptance(path)
    raise DamagedFileError(
        f"{path.name} is damaged: its checksum differs; run what makes it again{advice}", path
    )


def describe_acceptance(path: Path) -> str:
    """Return how a file that was changed on purpose is accepted; empty without a checksum."""
    beside = checksum_beside(path)
    changed = f". If you changed it on purpose, remove {beside.name} beside it, and nothing else"
    return changed if beside.exists() else ""


def renew_checksum(path: Path) -> None:
    """Write the checksum of a file as it is now, after another program replaced the file."""
    now = checksum_file(path)
    _write_checksums(path, [now, now])


def remove_checksum(path: Path) -> None:
    """Remove the checksum of a file, which then is read unchecked."""
    checksum_beside(path).unlink(missing_ok=True)


def _read_checksums(path: Path) -> list[str]:
    """Return the checksums that a file may have; none if they are not known."""
    try:
        content = checksum_beside(path).read_bytes()
    except FileNotFoundError:
        return []
    return [found.decode("ascii") for found in _CHECKSUM.findall(content)]


def _write_checksums(path: Path, checksums: list[str]) -> None:
    write_text(checksum_beside(path), " ".join(checksums) + "\n")
