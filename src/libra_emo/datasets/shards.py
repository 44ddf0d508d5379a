"""The shards with the clips' frames and sound, and their index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from kedro.io import AbstractDataset
from pydantic import SecretStr

from libra_emo.common.secrecy.addresses import Address, Credentials, parse_address
from libra_emo.datasets.tables import TableDataset
from libra_emo.errors import LibraEmoError
from libra_emo.media.sources import is_remote, to_path

if TYPE_CHECKING:
    from libra_emo.media.shards import ShardReader

INDEX_FILE = "index.parquet"
_FIELDS: Final = ("username", "password", "query")


class ShardsMissing(LibraEmoError):
    """Shards of the index are missing."""


class ShardsLoginError(LibraEmoError):
    """The login of a remote folder of shards is not written as it should be."""


class ShardsDataset(AbstractDataset[pd.DataFrame, "ShardReader"]):
    """A folder of shards. Preprocessing writes the shards; saving the dataset writes their index.

    The dataset exists if the index and every shard in it exist. A folder at an address is read in
    pieces; its index of clips is a table beside the shards, as in a local folder.

    Args:
        filepath: Path of the folder, or any URL that fsspec can open.
        credentials: Login of the URL: `username` and `password`, or `query` for a token that
            belongs behind the question mark.
        index_cache: Folder that keeps where the clips lie in shards of a URL.
        metadata: Anything for Kedro's plugins.
    """

    def __init__(
        self,
        *,
        filepath: str,
        credentials: Mapping[str, str] | None = None,
        index_cache: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self.metadata = metadata
        self._cache = None if index_cache is None else Path(index_cache)
        self._address = _read_address(filepath, credentials)
        # whoever asks a dataset for its path wants one of this machine
        self._filepath = None if self._address else to_path(filepath)
        self._index = TableDataset(filepath=str((self._filepath or Path()) / INDEX_FILE))

    def save(self, data: pd.DataFrame) -> None:
        """Write the index (columns clip_id and shard, a file's name) if all its shards exist.

        Raises:
            ShardsMissing: If a shard is missing.
        """
        index = data[["clip_id", "shard"]].sort_values("clip_id", ignore_index=True)
        missing = self._missing(index)
        if missing:
            raise ShardsMissing(
                f"{len(missing)} shards are missing, the first is {missing[0]}; "
                "run `kedro run --pipeline preprocessing` again"
            )
        if self._address is None:
            self._index.save(index)
        else:
            _write_index(self._address, index)

    def load(self) -> ShardReader:
        """Return a reader of the shards."""
        from libra_emo.media.shards import ShardReader

        cache = None if self._cache is None else self._cache.absolute()
        return ShardReader(self._address or self._filepath or Path(), cache=cache)

    def _missing(self, index: pd.DataFrame) -> list[str]:
        names = sorted(set(index["shard"]))
        if self._filepath is not None:
            return [name for name in names if not (self._filepath / name).is_file()]
        there = self.load()
        return [name for name in names if not there.has_shard(name)]

    def _exists(self) -> bool:
        if self._address is None:
            return self._index.exists() and not self._missing(self._index.load())
        index = _read_index(self._address)
        return index is not None and not self._missing(index)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._address or self._filepath)}


def _read_address(filepath: str, credentials: Mapping[str, str] | None) -> Address | None:
    """Return the address of a remote folder with its login; None for a local folder."""
    if not is_remote(filepath):
        return None
    address = parse_address(filepath)
    if not credentials:
        return address
    if not set(credentials) <= set(_FIELDS):
        raise ShardsLoginError(
            f"{address}: its credentials have other fields than {', '.join(_FIELDS)}; "
            "correct conf/local/credentials.yml"
        )
    login = Credentials(**{name: SecretStr(str(credentials[name])) for name in credentials})
    return replace(address, credentials=(login, *address.credentials[1:]))


def _write_index(address: Address, index: pd.DataFrame) -> None:
    from libra_emo.media.shards import write_beside

    with TemporaryDirectory() as folder:
        path = Path(folder) / INDEX_FILE
        TableDataset(filepath=str(path)).save(index)
        write_beside(address, INDEX_FILE, path.read_bytes())


def _read_index(address: Address) -> pd.DataFrame | None:
    from libra_emo.media.shards import read_beside

    content = read_beside(address, INDEX_FILE)
    if content is None:
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder) / INDEX_FILE
        path.write_bytes(content)
        return TableDataset(filepath=str(path)).load()
