"""The taxonomy as a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset, DatasetError

from libra_emo.taxonomy import Taxonomy, read_taxonomy


class TaxonomyDataset(AbstractDataset[NoReturn, Taxonomy]):
    """The taxonomy of emotions, read from its file."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> Taxonomy:
        """Return the taxonomy.

        Raises:
            TaxonomyError: If the file cannot be read or contradicts itself.
        """
        return read_taxonomy(self._filepath)

    def save(self, data: NoReturn) -> None:
        """Raise an error, since people write the taxonomy.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError("the taxonomy is written by people, not by a pipeline")

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath.as_posix()}
