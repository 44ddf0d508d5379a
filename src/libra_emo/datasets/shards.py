"""The clips' frames and sound in shards, and the index that says they are all there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from kedro.io import AbstractDataset

from libra_emo.datasets.tables import TableDataset
from libra_emo.errors import LibraEmoError

if TYPE_CHECKING:
    from libra_emo.media.shards import ShardReader

INDEX_FILE = "index.parquet"


class ShardsMissing(LibraEmoError):
    """Shards that the index names are not there."""


class ShardsDataset(AbstractDataset[pd.DataFrame, "ShardReader"]):
    """A folder of shards, written by preprocessing; saved is the index of what must be in it.

    It counts as existing once the index is there and every shard that it names.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self._index = TableDataset(filepath=str(self._filepath / INDEX_FILE))
        self.metadata = metadata

    def save(self, data: pd.DataFrame) -> None:
        """Keep the index (columns clip_id and shard, a file's name) if all its shards are there.

        Raises:
            ShardsMissing: If one is not.
        """
        index = data[["clip_id", "shard"]].sort_values("clip_id", ignore_index=True)
        missing = self._missing(index)
        if missing:
            raise ShardsMissing(
                f"{len(missing)} shards are missing, {missing[0]} the first; "
                "run `kedro run --pipeline preprocessing` again"
            )
        self._index.save(index)

    def load(self) -> ShardReader:
        """Return the reader of the shards."""
        from libra_emo.media.shards import ShardReader

        return ShardReader(self._filepath)

    def _missing(self, index: pd.DataFrame) -> list[str]:
        names = sorted(set(index["shard"]))
        return [name for name in names if not (self._filepath / name).is_file()]

    def _exists(self) -> bool:
        return self._index.exists() and not self._missing(self._index.load())

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath.as_posix()}
