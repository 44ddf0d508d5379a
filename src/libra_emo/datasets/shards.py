"""The shards with the clips' frames and sound, and their index."""

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
    """Shards of the index are missing."""


class ShardsDataset(AbstractDataset[pd.DataFrame, "ShardReader"]):
    """A folder of shards. Preprocessing writes the shards; saving the dataset writes their index.

    The dataset exists if the index and every shard in it exist.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self._index = TableDataset(filepath=str(self._filepath / INDEX_FILE))
        self.metadata = metadata

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
        self._index.save(index)

    def load(self) -> ShardReader:
        """Return a reader of the shards."""
        from libra_emo.media.shards import ShardReader

        return ShardReader(self._filepath)

    def _missing(self, index: pd.DataFrame) -> list[str]:
        names = sorted(set(index["shard"]))
        return [name for name in names if not (self._filepath / name).is_file()]

    def _exists(self) -> bool:
        return self._index.exists() and not self._missing(self._index.load())

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath.as_posix()}
