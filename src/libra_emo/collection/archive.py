"""The archive: what became of each address, written as soon as it is known.

A line a result, added to the end of a file; of an address the last line counts. A line that a kill
tore is left out, and its film is asked about again. A film that is in the archive as fetched is
never fetched again.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from libra_emo.common.files import raise_if_disk, read_lines, sync_folder

ARCHIVE: Final = "archive.jsonl"
FETCHED: Final = "fetched"
REFUSED: Final = "refused"
FAILED: Final = "failed"
WAITING: Final = "waiting"


class Archive:
    """The archive of a folder.

    Args:
        folder: Folder of the archive, which exists.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ARCHIVE
        lines = read_lines(self._path)
        self._records: dict[str, dict[str, Any]] = {line["address"]: line for line in lines}
        self._mend(lines)

    def find(self, address: str) -> dict[str, Any] | None:
        """Return what became of an address when it was last asked about."""
        return self._records.get(address)

    def add(self, record: dict[str, Any]) -> None:
        """Write what became of an address to the disk.

        Raises:
            DiskError: If the disk is full or may not be written to.
        """
        line = json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n"
        try:
            with self._path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise_if_disk(error, self._path)
            raise
        sync_folder(self._path.parent)
        self._records[record["address"]] = record

    def _mend(self, lines: list[dict[str, Any]]) -> None:
        """Write the whole lines again if the last one is torn: the next must not stick to it."""
        from libra_emo.common.files import write_lines

        if self._path.is_file() and not self._path.read_bytes().endswith(b"\n"):
            write_lines(self._path, lines)
