"""Folders that a node writes into by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset, DatasetError


class FolderDataset(AbstractDataset[NoReturn, Path]):
    """A folder that loads as its path and is made when it is missing.

    It always counts as existing, since nothing has to run before it can be loaded.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> Path:
        """Return the folder's path; the folder is there."""
        self._filepath.mkdir(parents=True, exist_ok=True)
        return self._filepath

    def save(self, data: NoReturn) -> None:
        """Refuse: nodes write into the folder by themselves.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(f"{self._filepath.name} is a folder to write into, not to save to")

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath.as_posix()}


class WorkFolderDataset(AbstractDataset[NoReturn, Path]):
    """A folder for unfinished work, such as checkpoints; it loads as its path.

    It is neither result nor source of any step, so it is hidden from whoever looks for files that
    nodes read and write: DVC neither tracks nor removes it.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._folder = Path(filepath)
        self.metadata = metadata

    def load(self) -> Path:
        """Return the folder's path; the folder is there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def save(self, data: NoReturn) -> None:
        """Refuse: nodes write into the folder by themselves.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(f"{self._folder.name} is a folder to work in, not to save to")

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"folder": self._folder.as_posix()}
