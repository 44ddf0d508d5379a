"""What the datasets that live in one file share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Generic, TypeVar

import pandas as pd
from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import TablePreview

from libra_emo.common.files import new_file, raise_if_disk

In = TypeVar("In")
Out = TypeVar("Out")

PREVIEW_ROWS = 5


class FileDataset(AbstractDataset[In, Out], Generic[In, Out]):
    """A dataset in one file; its kind says how the file is written, read and known to be whole.

    Args:
        filepath: Where the file lies; Kedro makes it absolute.
        preview: Whether kedro-viz may show the content; not so for faces and subtitles.
        metadata: What others read of a catalog entry, such as kedro-viz's layer; `preview: false`
            under `kedro-viz` is the same as the argument.
    """

    def __init__(
        self, *, filepath: str, preview: bool = True, metadata: dict[str, Any] | None = None
    ) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata if preview else _without_preview(metadata)

    def save(self, data: In) -> None:
        """Write the file beside its place, then move it there.

        Raises:
            DiskError: If the disk is full, or may not be written to.
        """
        try:
            with new_file(self._filepath) as part:
                self._write(data, part)
        except OSError as error:
            raise_if_disk(error, self._filepath)
            raise

    def load(self) -> Out:
        """Return what the file holds."""
        return self._read(self._filepath)

    def _write(self, data: In, path: Path) -> None:
        raise NotImplementedError

    def _read(self, path: Path) -> Out:
        raise NotImplementedError

    def _is_whole(self, path: Path) -> bool:
        return path.stat().st_size > 0

    def _exists(self) -> bool:
        return self._filepath.is_file() and self._is_whole(self._filepath)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath.as_posix()}

    def _may_be_shown(self) -> None:
        """Raise if the catalog says that the content has no preview (faces, subtitles).

        Raises:
            DatasetError: If so.
        """
        viz = (self.metadata or {}).get("kedro-viz") or {}
        if viz.get("preview") is False:
            raise DatasetError(f"{self._filepath.name} is not to be shown")


def _without_preview(metadata: dict[str, Any] | None) -> dict[str, Any]:
    """Return the metadata with kedro-viz told not to ask for a preview."""
    given = metadata or {}
    return {**given, "kedro-viz": {**(given.get("kedro-viz") or {}), "preview": False}}


def table_preview(table: pd.DataFrame) -> TablePreview:
    """Return the first rows of a table in the form that kedro-viz draws."""
    rows = table.head(PREVIEW_ROWS).to_json(orient="split", date_format="iso")
    return TablePreview(json.loads(rows))
