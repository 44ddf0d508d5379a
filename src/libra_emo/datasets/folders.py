"""Folders that nodes write into by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset, DatasetError


class FolderDataset(AbstractDataset[NoReturn, Path]):
    """A folder that is loaded as its path; it is created if it is missing.

    It always counts as existing, since no node has to run before it can be loaded.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> Path:
        """Return the path of the folder, which then exists."""
        self._filepath.mkdir(parents=True, exist_ok=True)
        return self._filepath

    def save(self, data: NoReturn) -> None:
        """Raise an error, since nodes write into the folder by themselves.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(
            f"{self._filepath.name}: nodes write into this folder; it cannot be saved"
        )

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath.as_posix()}


class WorkFolderDataset(AbstractDataset[NoReturn, Path]):
    """A folder for unfinished work, such as checkpoints; it is loaded as its path.

    It is neither input nor output of a stage. Its path is not under the name that other datasets
    use, so that DVC neither tracks nor removes it.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._folder = Path(filepath)
        self.metadata = metadata

    def load(self) -> Path:
        """Return the path of the folder, which then exists."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def save(self, data: NoReturn) -> None:
        """Raise an error, since nodes write into the folder by themselves.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(f"{self._folder.name}: nodes write into this folder; it cannot be saved")

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"folder": self._folder.as_posix()}
