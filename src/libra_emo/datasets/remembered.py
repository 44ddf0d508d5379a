"""A table that a pipeline adds to from run to run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
from kedro.io import AbstractDataset, DatasetError

from libra_emo.datasets.tables import CsvTableDataset
from libra_emo.schemas import SCHEMAS, empty


class RememberedTableDataset(AbstractDataset[NoReturn, pd.DataFrame]):
    """What an earlier run wrote, as input of the node that writes the table anew.

    Kedro lets no node read and write one dataset, so the file has two entries: this one and a
    `CsvTableDataset`. The file is no dependency of the stage that makes it.

    Args:
        path: Folder of the file; Kedro makes it absolute.
        name: Name of the file.
        schema: Name of its schema; without the file the table is empty.
        metadata: Metadata of the catalog entry.
    """

    def __init__(
        self, *, path: str, name: str, schema: str, metadata: dict[str, Any] | None = None
    ) -> None:
        self._file = Path(path) / name
        self._schema = schema
        self.metadata = metadata

    def load(self) -> pd.DataFrame:
        """Return the table, empty before it was first written.

        Raises:
            DamagedFileError: If it is not as it was written; the message names the last copy.
        """
        if not self._file.is_file():
            return empty(SCHEMAS[self._schema])
        return CsvTableDataset(
            filepath=str(self._file), schema=self._schema, remembered=True
        ).load()

    def save(self, data: NoReturn) -> None:
        """Raise an error, since the table's other entry writes it.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(f"{self._file.name}: is written by another entry of the catalog")

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"file": self._file.as_posix(), "schema": self._schema}
