"""Indexes of remote shards, kept on this machine while the shards do not change."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from libra_emo.common.digests import digest_text
from libra_emo.media.shards.index import ENDING, Places, decode, encode, replace_file

_DIGITS: Final = 16


class IndexCache:
    """Indexes of the shards of one remote folder.

    Args:
        folder: Folder for the indexes of all remote folders; None keeps nothing.
        identity: Text that distinguishes the remote folder from others.
    """

    def __init__(self, folder: Path | None, identity: str) -> None:
        self._folder = None if folder is None else folder / digest_text(identity)[:_DIGITS]

    def read(self, name: str, stamp: str) -> dict[str, Places] | None:
        """Return where a shard's clips lie; None if this is not known of its present content.

        Args:
            name: File name of the shard.
            stamp: Text that changes with its content.
        """

        def is_of_shard(facts: Mapping[str, Any]) -> bool:
            return bool(facts["stamp"] == stamp)

        if self._folder is None or not stamp:
            return None
        try:
            return decode(self._path(self._folder, name).read_bytes(), is_of_shard)
        except OSError:
            return None

    def write(self, name: str, stamp: str, clips: Mapping[str, Places]) -> None:
        """Keep where a shard's clips lie; where nothing can be written nothing is kept."""
        if self._folder is None or not stamp:
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(self._path(self._folder, name), encode({"stamp": stamp}, clips))

    @staticmethod
    def _path(folder: Path, name: str) -> Path:
        return folder / f"{name}{ENDING}"
