"""Shards in a folder of this machine."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from libra_emo.media.shards.clip_files import Range
from libra_emo.media.shards.errors import ShardError, damaged
from libra_emo.media.shards.index import Places, read_index, walk, write_index


class LocalShards:
    """Shards in a folder of this machine.

    Args:
        folder: The folder.
        names: File names of the shards; None for all shards of the folder.
    """

    def __init__(self, folder: Path, names: Sequence[str] | None) -> None:
        self.folder, self._names = folder, names
        self._walked: set[str] = set()

    def place(self, name: str) -> Path:
        """Return the path of a shard."""
        return self.folder / name

    def has(self, name: str) -> bool:
        """Return whether a shard exists."""
        return (self._names is None or name in self._names) and self.place(name).is_file()

    def stamp(self, name: str) -> str:
        """Return a text that changes with the content of a shard."""
        facts = self.place(name).stat()
        return f"size={facts.st_size} mtime={facts.st_mtime_ns}"

    def open_indexes(self) -> Iterator[tuple[str, dict[str, Places]]]:
        """Give the name of each shard with clip → places of the clip's files.

        Raises:
            ShardError: If a shard is missing or damaged.
        """
        for name in self._list():
            path = self.place(name)
            places = read_index(path)
            if places is None:
                self._walked.add(name)
                places = walk_shard(path)
                write_index(path, places)
            yield name, places

    def renew(self, name: str) -> dict[str, Places] | None:
        """Return what a shard's own headers say; None if its index was made of them.

        Raises:
            ShardError: If the shard is missing or damaged.
        """
        if name in self._walked:
            return None
        self._walked.add(name)
        return walk_shard(self.place(name))

    def read(self, name: str, ranges: Sequence[Range]) -> list[bytes]:
        """Return pieces of a shard.

        Raises:
            OSError: If it cannot be read.
        """
        pieces = []
        with self.place(name).open("rb") as file:
            for start, end in ranges:
                file.seek(start)
                pieces.append(file.read(end - start))
        return pieces

    def _list(self) -> list[str]:
        if self._names is not None:
            return sorted(self._names)
        return sorted(path.name for path in self.folder.glob("*.tar"))


def walk_shard(path: Path) -> dict[str, Places]:
    """Return the places of all clips' files, without a look at the shard's index.

    Raises:
        ShardError: If the shard is missing or damaged.
    """
    try:
        return walk(path)
    except FileNotFoundError as error:
        raise ShardError(f"{path}: the shard is missing; run preprocessing again") from error
    except (OSError, tarfile.TarError, ValueError) as error:
        raise damaged(path, error) from error
